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
    quanta, share = units(objective.method, scale), float(objective.allowed_share)
    burn = np.empty((len(SPANS), len(at)))
    for row, length in enumerate(SPANS.values()):
        spent = moments.spent(at - length)
        burn[row] = _ratio(spent[0] * (quanta.total / (quanta.bad * share)), spent[1].astype(np.float64))
    sums = moments.spent(moments.window_start)
    bad, total = sums[0] / quanta.bad, sums[1] / quanta.total
    allowed = share * (total if objective.method.counts_events else moments.window_s / moments.lasts_s)
    covered = moments.rows(moments.window_start).astype(np.float64)
    elapsed = (at // step_s + -moments.window_start // step_s).astype(np.float64)
    return Course(at, burn, bad, total, allowed, 1 - _ratio(bad, allowed), _ratio(covered, elapsed), moments.window_s)


def _ratio(part: NDArray[np.floating], whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return ratio
