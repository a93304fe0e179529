"""What would have fired if its figures were believed: each is recorded once, so that people can ask why nobody came."""

from __future__ import annotations

from fractions import Fraction

from leeway.core.alerting.conditions import SEEN, Sums
from leeway.core.alerting.policy import Burn, Condition, Policy
from leeway.engine.alerts.seen import chance, seen
from leeway.spec.quantity import percent, span

QUIET_S = 3_600
"""A doubt that comes and goes is recorded once an hour."""


def doubted_group(policy: Policy, met: list[bool], doubted: list[bool]) -> int | None:
    """The first group of which all stands and some is not believed."""
    place = 0
    for group, conditions in enumerate(policy.groups):
        own = slice(place, place + len(conditions))
        place += len(conditions)
        stands = all(one or other for one, other in zip(met[own], doubted[own], strict=True))
        if stands and any(doubted[own]):
            return group
    return None


def doubts(group: tuple[Condition, ...], sums: Sums, place: int) -> tuple[str, ...]:
    """What a doubted group saw, and why that is not believed."""
    spans = sorted({one for condition in group for one in condition.spans_s})
    found = [(one, sums.seen(one)) for one in spans]
    shares = [(one, Fraction(ratio.at(place))) for one, ratio in found if ratio.whole[place]]
    blind = [f"only {percent(share, 3)} of {span(one)} is seen" for one, share in shares if share < SEEN]
    early = "too early: one bad event alone would burn as fast in a window as young as this"
    return (*seen(group, sums, place), *(blind or _chances(group, sums, place) or [early]))


def _chances(group: tuple[Condition, ...], sums: Sums, place: int) -> list[str]:
    """Of the burns that may be chance."""
    burns = [(one, sums.told(one, place)) for one in group if isinstance(one, Burn)]
    return [f"too little traffic to tell: {chance(one, told)}" for one, told in burns if told and not told.opens]
