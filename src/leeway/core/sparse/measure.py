"""Measures a guard from an objective's own traffic: what alpha keeps false pages rare.

With much traffic a burn over its threshold is always rarer than any alpha; that is seen at a glance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from leeway.core.alerting.policy import Burn
from leeway.core.points import Floats
from leeway.core.sparse.alpha import ALLOWED, CEILING, DAYS, choose, looks
from leeway.core.sparse.guard import UNMEASURED, Guard

NEVER = ALLOWED / 1_000
"""So few false pages in 90 days, by a bound, that alpha need not be asked."""


def guard_of(total: ArrayLike, burns: Sequence[Burn], share: float, *, step_s: int, rho: float = 0.0) -> Guard:
    """From the events of each step of a history, for the burns that page. Without a day of it, UNMEASURED."""
    counts = np.asarray(total, np.float64)
    days = len(counts) * step_s / 86_400
    if days < 1 or not burns:
        return UNMEASURED
    chance = sum(_busy_bound(counts, burn, share, step_s) for burn in burns)
    if chance < NEVER:
        return Guard(CEILING, 0.0, chance, days)
    seen = [
        looks(counts, step_s=step_s, factor=float(one.threshold), long_s=one.long_s, short_s=one.short_s)
        for one in burns
    ]
    chosen = choose(seen, share, rho=rho)
    return Guard(chosen.alpha, rho, chosen.expected, days)


def _busy_bound(counts: Floats, burn: Burn, share: float, step_s: int) -> float:
    """More than the false pages of the plain rule in 90 days: bad events × the chance of the emptiest long window.

    The chance by the Chernoff bound: P(share of bad ≥ p) ≤ exp(−n × KL(p ‖ share)).
    """
    steps, high = burn.long_s // step_s, float(burn.threshold) * share
    if len(counts) < steps or steps < 1 or not share < high < 1:
        return math.inf
    sums = np.concatenate(([0.0], np.cumsum(counts)))
    least = float((sums[steps:] - sums[:-steps]).min())
    apart = high * math.log(high / share) + (1 - high) * math.log((1 - high) / (1 - share))
    bad_events = share * float(counts.mean()) * 86_400 / step_s * DAYS
    return bad_events * math.exp(-least * apart)
