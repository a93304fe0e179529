"""Codes of advice on documents held together: references, names, and alerts beside their objectives."""

from __future__ import annotations

from leeway.spec.codes.code import Code

DANGLING_REFERENCE = Code(
    "dangling-reference",
    "A reference to a document that is in none of the files.",
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
    "A burn-rate condition with lte or lt.",
    "It fires while all is well and stops when the budget burns. OpenSLO's own examples have this slip.",
    "Write `op: gt`.",
    serious=True,
)
ALERT_NEVER_FIRES = Code(
    "alert-never-fires",
    "A burn-rate threshold that this SLO cannot reach even when everything fails.",
    "The burn rate is at most 1 / (1 − target): with target 0.9 it never passes 10, so 14.4 never fires.",
    "Lower the threshold, or use this policy for stricter targets.",
    serious=True,
)
ALERT_ALWAYS_FIRES = Code(
    "alert-always-fires",
    "A burn-rate threshold of 0 or less with gte, or below 0 with gt.",
    "A burn rate is never below 0, so the alert fires always.",
    "Write the burn rate that is too much, for example 14.4.",
    serious=True,
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
LOOKBACK_BELOW_SLICE = Code(
    "lookback-below-slice",
    "A lookback shorter than a slice.",
    "It holds no whole slice most of the time, so there is nothing to judge.",
    "Take a lookback of several slices.",
    serious=True,
)
