"""Policies that nobody need write: the multi-window, multi-burn-rate set, and the presets that Nobl9 ships."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from leeway.core.alerting.policy import (
    Burn,
    Condition,
    Drop,
    Exhaustion,
    Of,
    Policy,
    Remaining,
    Severity,
    Statable,
    Surprise,
)
from leeway.core.objective import Op

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

PAIRS: tuple[tuple[Severity, Fraction, int, int], ...] = (
    (Severity.PAGE, Fraction(2, 100), HOUR_S, 5 * MINUTE_S),
    (Severity.PAGE, Fraction(5, 100), 6 * HOUR_S, 30 * MINUTE_S),
    (Severity.TICKET, Fraction(10, 100), DAY_S, 2 * HOUR_S),
    (Severity.TICKET, Fraction(10, 100), 3 * DAY_S, 6 * HOUR_S),
)
"""Severity, share of the budget that the long window may spend, long and short window. SRE Workbook, table 5-8."""

FAST, SLOW = "fast burn", "slow burn"


def factor(share: Fraction, long_s: int, window_s: int) -> Fraction:
    """The burn rate that spends this share of the budget within the long window.

    Made from the SLO's own window: the factors in books are those of 30 days, and tell a week's SLO far too late.

    >>> float(factor(Fraction(2, 100), 3_600, 30 * 86_400)), float(factor(Fraction(2, 100), 3_600, 7 * 86_400))
    (14.4, 3.36)
    """
    return share * window_s / long_s


@lru_cache(512)  # a fleet has few windows and targets, and asks for each SLO
def default(window_s: int, allowed_share: Fraction) -> tuple[Policy, ...]:
    """The set for an SLO that names no policy: a fast burn pages, a slow burn opens a ticket.

    Pairs are left out whose long window is longer than the SLO's own, or that even a total outage cannot reach, as it
    burns at 1 / `allowed_share`: they could never fire. Where there are too few events for windows, a page also comes
    once chance explains the bad ones no more.
    """
    pairs = [
        (severity, Burn(factor(share, long_s, window_s), long_s, short_s))
        for severity, share, long_s, short_s in PAIRS
        if long_s <= window_s and factor(share, long_s, window_s) * allowed_share < 1
    ]
    groups = {
        severity: [(burn,) for its, burn in pairs if its is severity] for severity in (Severity.PAGE, Severity.TICKET)
    }
    pages: list[tuple[Condition, ...]] = [*groups[Severity.PAGE], (Surprise(),)] if groups[Severity.PAGE] else []
    policies = (
        Policy(FAST, Severity.PAGE, tuple(pages), guarded=True),
        Policy(SLOW, Severity.TICKET, tuple(groups[Severity.TICKET]), guarded=True),
    )
    return tuple(policy for policy in policies if policy.groups)


_COOLDOWN_S = 5 * MINUTE_S


def _burn(threshold: int, over_s: int) -> Burn:
    return Burn(Fraction(threshold), over_s, op=Op.GTE)


def _soon(hours: int, lasts_s: int) -> Exhaustion:
    return Exhaustion(hours * HOUR_S, lasts_s=lasts_s)


_NOT_GONE, _GONE = Remaining(Fraction(0), Op.GT), Remaining(Fraction(0), Op.LTE)

_NOBL9: dict[str, tuple[Severity, tuple[Statable, ...]]] = {
    "fast-burn": (Severity.PAGE, (_burn(20, 5 * MINUTE_S),)),
    "slow-burn-long-window": (Severity.TICKET, (_burn(1, 48 * HOUR_S), _burn(2, 15 * MINUTE_S))),
    "slow-burn-short-window": (Severity.TICKET, (_burn(1, 12 * HOUR_S), _burn(2, 15 * MINUTE_S))),
    "budget-almost-exhausted": (Severity.TICKET, (Remaining(Fraction(2, 10), Op.LTE),)),
    "fast-exhaustion-above-budget": (Severity.TICKET, (_soon(72, 10 * MINUTE_S), _NOT_GONE)),
    "fast-exhaustion-below-budget": (
        Severity.TICKET,
        (Exhaustion(72 * HOUR_S, of=Of.WHOLE, op=Op.LTE, lasts_s=10 * MINUTE_S), _GONE),
    ),
    "slow-exhaustion-long-window": (
        Severity.TICKET,
        (
            Exhaustion(480 * HOUR_S, over_s=48 * HOUR_S),
            Exhaustion(480 * HOUR_S, over_s=15 * MINUTE_S),
            _NOT_GONE,
        ),
    ),
    "slow-exhaustion-short-window": (
        Severity.TICKET,
        (
            Exhaustion(120 * HOUR_S, over_s=12 * HOUR_S),
            Exhaustion(120 * HOUR_S, over_s=15 * MINUTE_S),
            _NOT_GONE,
        ),
    ),
    "fast-budget-drop": (Severity.PAGE, (Drop(Fraction(1, 10), 15 * MINUTE_S),)),
    "slow-budget-drop": (Severity.TICKET, (Drop(Fraction(5, 100), HOUR_S),)),
}

CONDITIONS = {name: conditions for name, (_, conditions) in _NOBL9.items()}
"""Of each preset of Nobl9; all of them must be met."""

NOBL9: dict[str, Policy] = {
    name: Policy(name, severity, (conditions,), _COOLDOWN_S) for name, (severity, conditions) in _NOBL9.items()
}
"""By name. Figures as Nobl9 publishes them with its SDK; its High is a page here, its Medium and Low a ticket."""
