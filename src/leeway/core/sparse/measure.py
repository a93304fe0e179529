"""Measures guards from an objective's own past: alpha from its traffic, rho from how its bad events came.

With much traffic a burn over its threshold is always rarer than any alpha; that is seen at a glance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from leeway.core.points import Floats, Ints
from leeway.core.sparse.alpha import ALLOWED, CEILING, DAYS, Looks, choose, looks
from leeway.core.sparse.detector import threshold
from leeway.core.sparse.guard import UNMEASURED, Guard, Pair
from leeway.core.stats.clusters import overdispersion

DAY_S = 86_400

NEVER = ALLOWED / 1_000
"""So few false pages in 90 days, by a bound, that alpha need not be asked."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What pairs of windows see of `days` of traffic. `bound` is of the plain rule's false pages in 90 days,
    `busy_a_day` counts steps with events."""

    share: float
    days: float
    bound: float
    seen: tuple[Looks, ...]
    busy_a_day: float
    _guards: dict[float, Guard] = field(default_factory=dict)

    @classmethod
    def of(cls, total: ArrayLike, pairs: Sequence[Pair], share: float, *, step_s: int) -> Traffic:
        """From the events of each step, gaps as 0."""
        counts = np.asarray(total, np.float64)
        bound = sum(_busy_bound(counts, pair, share, step_s) for pair in pairs)
        seen = (
            looks(counts, step_s=step_s, factor=one.factor, long_s=one.long_s, short_s=one.short_s) for one in pairs
        )
        days = len(counts) * step_s / DAY_S
        busy_a_day = float(np.count_nonzero(counts)) / max(days, 1)
        return cls(share, days, bound, () if bound < NEVER else tuple(seen), busy_a_day)

    @property
    def busy(self) -> bool:
        """True if the plain rule hardly ever pages by chance; how bad events come does not matter then."""
        return not self.seen

    @property
    def sparse(self) -> bool:
        """True if of some pair half of all events come while a single bad one burns too fast.

        Only there may a rho speak: of few events it tells retries from many failures. Of many, bad events that hold
        together are an incident, and an incident must page.
        """
        return any(_median(one.most, one.events) * one.factor * self.share < 1 for one in self.seen)

    def guard(self, rho: float = 0.0) -> Guard:
        """For bad events that hold together so, if that may speak; UNMEASURED without a day of traffic."""
        rho = rho if self.sparse else 0.0
        if self.days < 1:
            return UNMEASURED
        if self.busy:
            return Guard(CEILING, 0.0, self.bound, self.days)
        if rho not in self._guards:
            chosen = choose(self.seen, self.share, rho=rho)
            expected = None if math.isnan(chosen.expected) else chosen.expected
            serves = self.sparse and rho == 0 and self.busy_a_day > 0
            limit = float(threshold(self.busy_a_day)) if serves else None
            self._guards[rho] = Guard(chosen.alpha, rho, expected, self.days, limit)
        return self._guards[rho]


def clustering(bad: ArrayLike, total: ArrayLike, *, step_s: int) -> float:
    """The rho of bad events of each step by whole days, rounded up to eight values for each power of ten."""
    steps = DAY_S // step_s
    days = [np.asarray(each, np.float64) for each in (bad, total)]
    blocks = [each[: len(each) // steps * steps].reshape(-1, steps).sum(axis=1) for each in days]
    rho = overdispersion(*blocks).rho
    return min(0.99, 10 ** (math.ceil(8 * math.log10(rho)) / 8)) if rho > 0 else 0.0


def _median(value: Ints, weight: Floats) -> float:
    order = np.argsort(value)
    sums = np.cumsum(weight[order])
    return float(value[order][np.searchsorted(sums, sums[-1] / 2)]) if len(sums) else math.inf


def _busy_bound(counts: Floats, pair: Pair, share: float, step_s: int) -> float:
    """About the false pages of the plain rule in 90 days: each bad event × the chance of its long window, from above.

    The chance by the Chernoff bound: P(share of bad ≥ p) ≤ exp(−n × KL(p ‖ share)).
    """
    steps, high = pair.long_s // step_s, pair.factor * share
    if not 1 <= steps <= len(counts) or not share < high < 1:
        return math.inf
    sums = np.concatenate(([0.0], np.cumsum(counts)))
    held = (sums[steps:] - sums[:-steps]) * (
        high * math.log(high / share) + (1 - high) * math.log((1 - high) / (1 - share))
    )
    bad = share * counts[steps - 1 :]
    return float((bad * np.exp(-held)).sum()) * DAYS * DAY_S / (len(bad) * step_s)
