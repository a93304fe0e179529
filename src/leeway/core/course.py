"""One objective at many moments: for backtests of policies, and for charts of the past.

The same numbers as `core.assess` gives at each moment, in floating point, as known now: a row counts from its own time
on, however late it came. NaN stands where nothing counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.burn import SPANS
from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Floats, Ints
from leeway.core.tally import units
from leeway.core.track import Track
from leeway.core.window import Rolling, Window

Places = NDArray[np.intp]


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


def course(objective: Objective, track: Track, at: Ints, *, step_s: int, scale: int) -> Course:
    """The objective at each of `at`: one or more whole steps in ascending order; rows and slices begin at whole steps.

    `track` reaches back by the longest window, or 3 d, before the first of them. A slice counts from its end on. Slices
    of a day or longer are aligned to each window, so no one track holds them: ValueError.
    """
    lasts_s = objective.slice_s or step_s
    if lasts_s >= DAY_S:
        raise ValueError("slices of a day or longer are judged for one window at a time")
    starts, lengths = _windows(objective.window, at)
    begin = min(int(starts[0]), int(at[0]) - max(SPANS.values()) - lasts_s)
    steps = np.arange(begin // step_s, int(at[-1]) // step_s + 2) * step_s
    slices, rows = (_Places(np.searchsorted(times, steps), steps) for times in (track.start, track.row))
    quanta, share = units(objective.method, scale), float(objective.allowed_share)
    over = slices.before(at - lasts_s + step_s)
    burn = np.empty((len(SPANS), len(at)))
    for row, length in enumerate(SPANS.values()):
        bad, total = _spent(track, slices.before(at - length), over)
        burn[row] = _ratio(bad * (quanta.total / (quanta.bad * share)), total)
    bad, total = _spent(track, slices.before(starts), over)
    bad, total = bad / quanta.bad, total / quanta.total
    allowed = share * (total if objective.method.counts_events else lengths / lasts_s)
    covered = (rows.before(at) - rows.before(starts)).astype(np.float64)
    elapsed = (at // step_s + -starts // step_s).astype(np.float64)
    return Course(at, burn, bad, total, allowed, 1 - _ratio(bad, allowed), _ratio(covered, elapsed))


@dataclass(frozen=True, slots=True)
class _Places:
    """How many starts lie before each step of a grid: a search once, then a look-up for each question."""

    places: Places
    steps: Ints

    def before(self, time: Ints) -> Places:
        step_s = int(self.steps[1] - self.steps[0])
        places: Places = self.places[-((self.steps[0] - time) // step_s)]
        return places


def _spent(track: Track, since: Places, over: Places) -> tuple[Floats, Floats]:
    """Bad and total quanta of the slices from place `since` on that are over."""
    since = np.minimum(since, over)
    bad, total = track.bad[over] - track.bad[since], track.total[over] - track.total[since]
    return bad.astype(np.float64), total.astype(np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    ratio: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return ratio


def _windows(window: Window, at: Ints) -> tuple[Ints, Ints]:
    """The start and the length of the window at each moment."""
    if isinstance(window, Rolling):
        return at - window.length_s, np.full(len(at), window.length_s)
    starts, lengths = np.empty_like(at), np.empty_like(at)
    place = 0
    while place < len(at):
        span = window.at(int(at[place]))
        beyond = int(np.searchsorted(at, span.end))
        starts[place:beyond], lengths[place:beyond] = span.start, span.length_s
        place = beyond
    return starts, lengths
