"""What data that came later says of an alert: nothing sent is unsent, but its end tells what would be decided now."""

from __future__ import annotations

from leeway.core.alerting.conditions import Sums, condition_met
from leeway.core.alerting.policy import Policy
from leeway.engine.alerts.seen import seen
from leeway.engine.report import rfc3339

CORRECTED = "data that came later corrects it"
"""Begins the reason."""


def hindsight(policy: Policy, sums: Sums, fired_at: int) -> tuple[str, ...]:
    """Empty if what is known now of the moment of firing still meets a group; else what is seen there now.

    `sums` are of that moment, with all that has arrived since.
    """
    for group in policy.groups:
        if all(condition_met(condition, sums, policy).met[0] for condition in group):
            return ()
    found = "; ".join(dict.fromkeys(sentence for group in policy.groups for sentence in seen(group, sums, 0)))
    return (f"{CORRECTED}: at {rfc3339(fired_at)} it was {found}",)
