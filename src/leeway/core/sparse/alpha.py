"""Alpha: how rare a chance must be to page, so that a service exactly on target pages falsely once in 90 days at most.

The bound, for one pair of windows (long L, short S) and errors that are independent with the budget's share b:

While a page is up, a bad event lies in the last S. Take the newest one, at time t. The bad events of the long window
are then at most those of (t − L, t], as none came since; its events are at least those of (t + S − L, t], which have
not left it yet. Fewer events and more bad ones only make a chance rarer and a burn faster. So every page belongs to a
bad event for which k, the bad events of (t − L, t], reach the count that opens the gate for n, the events of
(t + S − L, t]; and with N events in (t − L, t] that has the chance P(1 + Bin(N − 1, b) ≥ needed(n)). Summed over the
events of 90 days, each bad with chance b, it bounds the expected pages, however often anybody looks. Pairs add up.
A single window is taken as if it had the short one of the books, a twelfth of it; that good events leave it later is
not counted, so its figure is an estimate.

Traffic enters as it was measured, with its nights and its batches, not as a rate: an alpha for the mean would be wrong
at both.

In clusters one page has many bad events, and that sum would count them all. With a rho above 0 the pages are those of
the long windows that fit into 90 days, each with needed(n) × P(X ≥ needed(n)), X being beta-binomial: the same figure
with all bad events beyond the needed ones left out. It is an estimate, and no bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from leeway.core.points import Floats, Ints
from leeway.core.sparse.gate import CLOSE, needed
from leeway.core.sparse.guard import UNMEASURED
from leeway.core.stats.clusters import upper_tail

DAYS = 90.0
ALLOWED = 0.25
"""False pages in those days that the gate may have; the detector has the rest of the one that both may have together.

The gate's bound is nearly reached, the detector's is not by half: in simulation both then have about as many.
"""
CEILING = 1e-2
"""Evidence weaker than this is none, however many false pages one could afford."""
STEPS = tuple(CEILING * 10 ** (-step / 8) for step in range(8 * 10 + 1))
"""The alphas to choose from: eight to the power of ten."""
MOST = 1_024
"""No window needs more bad events, for this purpose, if all of its events are bad."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What one pair of windows sees of the traffic: for `events` a day, `most` in the long window, `least` left in it.

    `most` counts (t − L, t] and `least` (t + S − L, t], t being the time of the event; alike ones are one entry.
    """

    factor: float
    most: Ints
    least: Ints
    events: Floats


@dataclass(frozen=True, slots=True)
class Chosen:
    """The alpha, the false pages expected with it in `days` (NaN: no traffic is known), and how many were allowed."""

    alpha: float
    expected: float
    allowed: float
    days: float = DAYS


def looks(total: ArrayLike, *, step_s: int, factor: float, long_s: int, short_s: int | None) -> Looks:
    """From the events of each step of a history, gaps as 0; four weeks are good, less than the long window is nothing.

    Counts from 64 on are rounded by up to 3 %, against paging: `most` up, `least` down.
    """
    counts = np.asarray(total, np.float64)
    long, kept = long_s // step_s, (long_s - (short_s or long_s // 12)) // step_s + 1
    sums = np.concatenate(([0.0], np.cumsum(counts)))
    at = np.arange(long, len(counts) + 1)
    at = at[counts[at - 1] > 0]
    most = _coarse(np.ceil(sums[at] - sums[at - long]), up=True)
    least = _coarse(np.floor(sums[at] - sums[at - min(kept, long)]), up=False)
    pairs, place = np.unique(np.stack((most, least)), axis=1, return_inverse=True)
    seen_days = max(1, len(counts) - long + 1) * step_s / 86_400
    events = np.bincount(place.ravel(), counts[at - 1], pairs.shape[1]) / seen_days
    return Looks(factor, pairs[0], pairs[1], events)


def expected(pairs: Sequence[Looks], share: float, alpha: float, *, rho: float = 0.0, days: float = DAYS) -> float:
    """The bound of false pages in so many days, of all pairs together."""
    return days * sum(_a_day(each, share, alpha, rho) for each in pairs)


def choose(
    pairs: Sequence[Looks], share: float, *, rho: float = 0.0, allowed: float = ALLOWED, days: float = DAYS
) -> Chosen:
    """The largest alpha whose expected false pages are at most `allowed` in `days`; the least there is if none is."""
    if not any(len(each.events) for each in pairs):
        return Chosen(UNMEASURED.alpha, math.nan, allowed, days)
    low, high = 0, len(STEPS) - 1
    while low < high:
        middle = (low + high) // 2
        fits = expected(pairs, share, STEPS[middle], rho=rho, days=days) <= allowed
        low, high = (low, middle) if fits else (middle + 1, high)
    return Chosen(STEPS[low], expected(pairs, share, STEPS[low], rho=rho, days=days), allowed, days)


def _a_day(pair: Looks, share: float, alpha: float, rho: float) -> float:
    if pair.factor * share >= 1:
        return 0.0
    seen, place = np.unique(pair.least, return_inverse=True)
    count = needed(seen, factor=pair.factor, share=share, alpha=alpha, rho=rho)
    count = np.where(count > seen, np.maximum(count, _all_bad(share, alpha, rho)), count)[place]
    if rho > 0:
        begun = count / pair.most * upper_tail(count, pair.most, share, rho)
    else:
        begun = share * upper_tail(count - 1, pair.most - 1, share, 0.0)
    return float((pair.events * np.where(count <= pair.most, begun, 0.0)).sum())


def _all_bad(share: float, alpha: float, rho: float) -> int:
    """How many events open the gate if all are bad: as many as are needed where fewer have stayed in the window."""
    counts = np.arange(1, MOST + 1)
    rare = upper_tail(counts, counts, share, rho) <= alpha * (1 + CLOSE)
    return int(rare.argmax()) + 1 if rare.any() else MOST


def _coarse(counts: Floats, *, up: bool) -> Ints:
    """At most 32 values for each power of two."""
    grid = 2.0 ** (np.floor(np.log2(np.maximum(counts, 64.0))) - 5)
    rounded = (np.ceil if up else np.floor)(counts / grid) * grid
    return np.asarray(np.where(counts < 64, counts, rounded), np.int64)
