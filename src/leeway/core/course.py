"""One objective at many moments: for backtests of policies, and for charts of the past.

The same numbers as `core.assess` gives at each moment, in floating point, as known now: a row counts from its own time
on, however late it came. NaN stands where nothing counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.burn import SPANS
from leeway.core.moments import Moments
from leeway.core.objective import Objective
from leeway.core.points import Floats, Ints
from leeway.core.tally import units
from leeway.core.track import Track


@dataclass(frozen=True, slots=True)
class Course:
    """Arrays by moment; `burn` has a row per span of `core.burn.SPANS`. Bad, total and allowed are in their units."""

    at: Ints
    burn: Floats
    bad: Floats
    total: Floats
    allowed: Floats
    remaining_ratio: Floats
    coverage: Floats
    window_s: Ints

    @property
    def exhaustion_s(self) -> Floats:
        """The time to exhaustion, as core.burn has it: NaN where nothing counted in the last hour, or nothing burns."""
        burn = self.burn[list(SPANS).index("1h")]
        left = np.divide(self.remaining_ratio * self.window_s, burn, out=np.full(len(burn), np.nan), where=burn > 0)
        gone = ~np.isnan(burn) & (self.remaining_ratio <= 0)
        exhaustion: Floats = np.where(gone, 0.0, left)
        return exhaustion


def course(objective: Objective, track: Track, at: Ints, *, step_s: int, scale: int) -> Course:
    """The objective at each of `at`: one or more whole steps in ascending order; rows and slices begin at whole steps.

    `track` reaches back by the longest window, or 3 d, before the first of them; see Moments for what it cannot hold.
    """
    moments = Moments.of(objective, track, at, step_s=step_s, reach_s=max(SPANS.values()))
    burn = np.stack([burn_rates(objective, moments, length, scale) for length in SPANS.values()])
    spent = window_sums(objective, moments, scale)
    covered = coverage(moments, step_s)
    return Course(at, burn, spent.bad, spent.total, spent.allowed, spent.remaining_ratio, covered, moments.window_s)


@dataclass(frozen=True, slots=True)
class WindowSums:
    """What the window of each moment holds, in its units."""

    bad: Floats
    total: Floats
    allowed: Floats

    @property
    def remaining_ratio(self) -> Floats:
        """Remaining / allowed, never clamped; NaN where nothing is allowed."""
        remaining: Floats = 1 - ratio(self.bad, self.allowed)
        return remaining


def window_sums(objective: Objective, moments: Moments, scale: int) -> WindowSums:
    """The budget of the window of each moment."""
    quanta, share = units(objective.method, scale), float(objective.allowed_share)
    sums = moments.spent(moments.window_start)
    bad, total = sums[0] / quanta.bad, sums[1] / quanta.total
    allowed = share * (total if objective.method.counts_events else moments.window_s / moments.lasts_s)
    return WindowSums(bad, total, allowed)


def burn_rates(objective: Objective, moments: Moments, span_s: int, scale: int) -> Floats:
    """Bad share of the span before each moment / allowed share; `moments` reach back so far. NaN: nothing counted."""
    quanta, share = units(objective.method, scale), float(objective.allowed_share)
    bad, total = moments.spent(moments.at - span_s)
    return ratio(bad * (quanta.total / (quanta.bad * share)), total.astype(np.float64))


def coverage(moments: Moments, step_s: int) -> Floats:
    """The share of the elapsed steps of each moment's window that have a row."""
    covered = moments.rows(moments.window_start).astype(np.float64)
    elapsed = (moments.at // step_s + -moments.window_start // step_s).astype(np.float64)
    return ratio(covered, elapsed)


def ratio(part: NDArray[np.floating], whole: Floats) -> Floats:
    """Part / whole; NaN where there is no whole."""
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found
