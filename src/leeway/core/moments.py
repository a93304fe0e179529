"""Look-ups in one objective's track at many moments at once: the ground of courses and of backtests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Ints
from leeway.core.track import Track
from leeway.core.window import Rolling, Window

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Moments:
    """Whole sums over spans that end at each of `at`, one or more whole steps in ascending order.

    A slice counts from its end on. Slices of a day or longer are aligned to each window, so no one track holds them:
    ValueError. The track reaches back as far as is asked.
    """

    at: Ints
    window_start: Ints
    window_s: Ints
    lasts_s: int
    _track: Track
    _slices: _Before
    _rows: _Before
    _over: Places

    @classmethod
    def of(cls, objective: Objective, track: Track, at: Ints, *, step_s: int, reach_s: int) -> Moments:
        """`reach_s` is the longest span that will be asked for besides the window."""
        lasts_s = objective.slice_s or step_s
        if lasts_s >= DAY_S:
            raise ValueError("slices of a day or longer are judged for one window at a time")
        starts, lengths = _windows(objective.window, at)
        begin = min(int(starts[0]), int(at[0]) - reach_s - lasts_s)
        steps = np.arange(begin // step_s, int(at[-1]) // step_s + 2) * step_s
        slices, rows = (_Before.of(times, steps) for times in (track.start, track.row))
        return cls(at, starts, lengths, lasts_s, track, slices, rows, slices.at(at - lasts_s + step_s))

    def one(self, place: int) -> Moments:
        """The moment at this place alone."""
        here = slice(place, place + 1)
        return replace(
            self,
            at=self.at[here],
            window_start=self.window_start[here],
            window_s=self.window_s[here],
            _over=self._over[here],
        )

    def spent(self, since: Ints) -> tuple[Ints, Ints]:
        """Bad and total quanta of the slices that began at or after `since` and are over."""
        first = np.minimum(self._slices.at(since), self._over)
        track, over = self._track, self._over
        return track.bad[over] - track.bad[first], track.total[over] - track.total[first]

    def adds(self, begin: int, end: int) -> tuple[int, Ints, Ints]:
        """What the slices that begin in each step add, bad and total, from the first step of the grid at `begin` on."""
        step_s = int(self._slices.steps[1] - self._slices.steps[0])
        first = max(int(self._slices.steps[0]), -(-begin // step_s) * step_s)
        places = self._slices.at(np.arange(first, end + step_s, step_s))
        return first, np.diff(self._track.bad[places]), np.diff(self._track.total[places])

    def rows(self, since: Ints) -> Ints:
        """How many rows there are from `since` on."""
        rows: Ints = self._rows.at(self.at) - self._rows.at(since)
        return rows


@dataclass(frozen=True, slots=True)
class _Before:
    """How many starts lie before each step of a grid: counted once, then a look-up for each question."""

    places: Places
    steps: Ints

    @classmethod
    def of(cls, starts: Ints, steps: Ints) -> _Before:
        """Starts are at whole steps; each counts from the next step on. Four times as fast as a search."""
        begin, step_s, count = int(steps[0]), int(steps[1] - steps[0]), len(steps)
        counts_from = np.clip((starts - begin) // step_s + 1, 0, count)
        return cls(np.cumsum(np.bincount(counts_from, minlength=count + 1))[:count], steps)

    def at(self, time: Ints) -> Places:
        step_s = int(self.steps[1] - self.steps[0])
        places: Places = self.places[-((self.steps[0] - time) // step_s)]
        return places


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
