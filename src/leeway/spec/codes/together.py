"""Codes of advice on documents held together: references, names, and alerts beside their objectives."""

from __future__ import annotations

from leeway.spec.codes.code import Code

DANGLING_REFERENCE = Code(
    "dangling-reference",
    "A reference to a document that is in none of the files; or an AlertNotificationTarget without a Recipient of "
    "exactly its name.",
    "What it points at cannot be measured, judged or told.",
    "Correct the name, or lint the files together; `--isolated` does not look at references.",
    serious=True,
)
DANGLING_SERVICE = Code(
    "dangling-service",
    "An SLO of a service that none of the files describes, while they describe others.",
    "It is most likely a slip of the keyboard; OpenSLO does not ask for a Service document.",
    "Correct the name, or add a Service document.",
)
DUPLICATE_NAME = Code(
    "duplicate-name",
    "Two documents of one kind have one name.",
    "OpenSLO has no rule for it, the Go SDK silently takes the first.",
    "Rename one.",
    serious=True,
)
DUPLICATE_OBJECTIVE = Code(
    "duplicate-objective",
    "Two objectives of one SLO have one name.",
    "Their numbers could not be told apart.",
    "Give each its own `displayName`.",
    serious=True,
)
ALERT_BACKWARD = Code(
    "alert-backward",
    "A condition whose operator reads backwards: a burn rate or a drop below, a time to exhaustion above.",
    "It fires while all is well and stops when the budget burns. OpenSLO's own examples have this slip.",
    "Write `op: gt` for burn rates, `op: lt` for what is left.",
    serious=True,
)
ALERT_NEVER_FIRES = Code(
    "alert-never-fires",
    "A condition that this SLO cannot meet even when everything fails.",
    "The burn rate is at most 1 / (1 − target): with target 0.9 it never passes 10, so 14.4 never fires.",
    "Lower the threshold, or use this policy for stricter targets.",
    serious=True,
)
ALERT_ALWAYS_FIRES = Code(
    "alert-always-fires",
    "A condition that is always met: a burn rate of 0 or more, a budget left of 100 % or less.",
    "A burn rate is never below 0 and a budget never above 100 %, so the alert fires always.",
    "Write the burn rate that is too much, for example 14.4, or the share that is too little.",
    serious=True,
)
ALERT_WINDOW_TOO_LONG = Code(
    "alert-window-too-long",
    "A condition that looks at a longer span than the SLO's window.",
    "It would judge what the budget has forgotten already.",
    "Take a span within the window, or another policy for this SLO.",
    serious=True,
)
ALERT_WINDOWS_SWAPPED = Code(
    "alert-windows-swapped",
    "A burn-rate condition whose short window is not shorter than its long one.",
    "The long window says that it matters, the short one that it still goes on.",
    "Make the short window a twelfth of the long one, for example 5m beside 1h.",
    serious=True,
)
ALERT_OUTAGE = Code(
    "alert-outage",
    "After how long a total outage would fire this policy, for each objective; a warning if it never would.",
    "At even traffic it is the long window × the burn rate × (1 − target); a stricter objective is told sooner.",
    "Compare it with the time that a person needs to mend something.",
)
ALERT_BELOW_ONE = Code(
    "alert-below-one",
    "A burn-rate threshold below 1.",
    "At a burn rate of 1 the budget lasts exactly as long as the window; below it the SLO is met.",
    "Write 1 or more, unless an early hint is wanted.",
)
ALERT_ONE_EVENT = Code(
    "alert-one-event",
    "With little traffic one bad event alone fires this alert.",
    "One bad event among n burns at 1 / (n × (1 − target)); with few events that is above the threshold.",
    "Know your traffic at night; take a longer lookback for quiet services.",
)
ALERT_ONE_SLICE = Code(
    "alert-one-slice",
    "One bad slice alone fires this alert.",
    "The lookback holds so few slices that one of them burns faster than the threshold.",
    "Take a longer lookback or shorter slices.",
)
PAGE_BY_MESSAGE = Code(
    "page-by-message",
    "A policy that pages tells, itself or as a fallback or by escalation, a Recipient whose channel takes no pages.",
    "Apprise cannot say whether it woke somebody, and would tell of one page several times.",
    "Name a Recipient with a channel that pages; keep Apprise for tickets.",
    serious=True,
)
RECIPIENT_CIRCLE = Code(
    "recipient-circle",
    "Recipients whose fallbacks, or whose escalations, lead back to where they began.",
    "The one who failed or did not answer would be asked again, and nobody else.",
    "Let the last of them stand alone.",
    serious=True,
)
LOOKBACK_BELOW_SLICE = Code(
    "lookback-below-slice",
    "A lookback shorter than a slice.",
    "It holds no whole slice most of the time, so there is nothing to judge.",
    "Take a lookback of several slices.",
    serious=True,
)
