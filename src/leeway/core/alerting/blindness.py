"""Blindness: no data arrives, so whether users are served is unknown. Its own alert, to those who run the platform.

It neither explains a burn nor is explained by one, so burns and blindness do not inhibit each other.
"""

from __future__ import annotations

from fractions import Fraction

from leeway.core.alerting.policy import Coverage, Policy, Severity
from leeway.core.objective import Op

TICKET_AFTER_S = 5 * 60
PAGE_AFTER_S = 30 * 60


def presets() -> tuple[Policy, ...]:
    """What watches every series that Leeway asks for by itself: a ticket after five minutes, a page after thirty."""
    return (
        Policy("no data", Severity.TICKET, ((Coverage(Fraction(0), TICKET_AFTER_S, Op.LTE),),)),
        Policy("no data for long", Severity.PAGE, ((Coverage(Fraction(0), PAGE_AFTER_S, Op.LTE),),)),
    )


def is_blindness(policy: Policy) -> bool:
    """True if the policy looks at coverage and at nothing else."""
    return all(isinstance(condition, Coverage) for group in policy.groups for condition in group)
