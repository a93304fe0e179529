"""Page, ticket or nothing: what an alert that fires leads to, and why not when it leads to nothing.

Some things keep an alert from being sent, each with its reason, none silently:

- *Hold*: a page of a slow pair (long window 6 h or more) waits up to an hour while the past says that such burns heal
  by themselves, and there is time: the budget would last longer than the human horizon, and the chance that the burn
  outlasts it is below `RISK`. Somebody can read a ticket meanwhile: every hold opens one at once.
- *Doubt*: the figures of a group stand, but too little of its spans is seen, or a calendar window is too young to tell.
- *Inhibition*: a ticket says nothing while a page of the same objective fires, nor until the page's burn has left the
  ticket's own short windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leeway.core.alerting.policy import Burn, Policy, Severity
from leeway.core.alerting.survival import Lasted, outlasts

HOLD_FROM_S = 6 * 3_600
HOLD_AT_MOST_S = 3_600
HORIZON_S = 12 * 3_600
"""How long people take to see a ticket, understand and mend; the annotation `leeway.dev/human-horizon` changes it."""
RISK = 0.1


class Suppression(StrEnum):
    """Why an alert that fired was not sent."""

    INHIBITION = "inhibition"
    SILENCE = "silence"
    HOLD = "hold"
    GROUPING = "grouping"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Recovery:
    """What is known of whether a burn ends by itself: how long past ones lasted, how long the budget would."""

    past: tuple[Lasted, ...]
    time_to_exhaustion_s: float | None


def holds(policy: Policy, group: int, age_s: int, recovery: Recovery, horizon_s: int = HORIZON_S) -> bool:
    """True while a page that fired `age_s` ago may wait."""
    if policy.severity is not Severity.PAGE or not is_slow(policy, group) or age_s >= HOLD_AT_MOST_S:
        return False
    left = recovery.time_to_exhaustion_s
    if left is None or left <= horizon_s:
        return False
    risk = outlasts(recovery.past, age_s, left)
    return risk is not None and risk < RISK


def is_slow(policy: Policy, group: int) -> bool:
    """True if the group looks at burns over six hours or more, and at nothing faster."""
    longest = [one.long_s for one in policy.groups[group] if isinstance(one, Burn)]
    return bool(longest) and min(longest) >= HOLD_FROM_S


def linger_s(policy: Policy) -> int:
    """For how long after a page a ticket can still be up by the page's burn alone: the longest of its short windows."""
    shortest = (min((min(one.spans_s) for one in group if one.spans_s), default=0) for group in policy.groups)
    return max(shortest, default=0)
