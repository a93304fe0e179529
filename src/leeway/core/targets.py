"""What other targets would have meant: of one past, prepared once, any target is told in a few steps.

What is bad does not depend on the target, so each window of the past comes down to one number: the share of it that was
bad. A target was met where that is not above 1 − target. Slices are judged by their own target, which stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from leeway.core.course import ratio, window_sums
from leeway.core.judge import judge
from leeway.core.moments import Moments
from leeway.core.objective import Objective
from leeway.core.points import Floats, Ints, Points
from leeway.core.tally import units
from leeway.core.track import Track
from leeway.core.window import Calendar, Span

TARGETS: tuple[Fraction, ...] = tuple(1 - Fraction(bad, 10**digits) for digits in range(1, 6) for bad in (5, 3, 2, 1))
"""Half, 70, 80, 90, 95, 97, 98, 99, 99.5, … up to 99.999 %, ascending: what people can say to each other."""

_CLOSE = 1e-12
"""What is so close to a target lies on it: one that is used up to the last event is met, whatever floats say."""


@dataclass(frozen=True, slots=True)
class Past:
    """The share of each window of a past that was bad, by when the window ends; NaN where nothing counted.

    `judged` are those, by `judged_at`, that decide whether a target was met: rolling windows at every step from when
    the first is full, calendar periods where they end; the present one where none is `full` yet. Of the present window
    `spent` went bad in the budget's unit; `whole` is all of it: its events so far, or all its slices.
    """

    at: Ints
    bad_share: Floats
    judged_at: Ints
    judged: Floats
    full: bool
    spent: float
    whole: float


@dataclass(frozen=True, slots=True)
class Meant:
    """A target over a past. Of `windows` so many `missed` it. Ratios are of what it allows, None if that is nothing.

    `spent_ratio` is of the present window, `worst_remaining` what was left of the worst one, which ended at `worst_at`.
    """

    target: Fraction
    windows: int
    missed: int
    allowed: float
    spent_ratio: float | None
    worst_remaining: float | None
    worst_at: int | None

    @property
    def met(self) -> bool | None:
        """No window missed it; None without any."""
        return self.missed == 0 if self.windows else None


def prepare(objective: Objective, points: Points, start: int, end: int, *, step_s: int) -> Past:
    """The past from `start` to `end` (whole steps), from points that reach back by a window more, if there are any.

    The objective's target does not matter. ValueError for slices of a day or longer, as Moments has it.
    """
    born = int(points.time[0]) if len(points) else None
    if born is None or start >= end:
        return Past(
            np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64), np.empty(0), full=False, spent=0.0, whole=0.0
        )
    grain = objective.slice_s or step_s
    at = np.arange(-(-max(start, born + 1) // step_s) * step_s, end + 1, step_s, dtype=np.int64)
    track = Track.of(judge(objective, points, Span(born - grain, end), born=born), points.time)
    moments = Moments.of(objective, track, at, step_s=step_s, reach_s=0)
    spent = window_sums(objective, moments, points.scale)
    whole = spent.total if objective.method.counts_events else moments.window_s / moments.lasts_s
    share = np.where(spent.total > 0, ratio(spent.bad, whole), np.nan)
    if isinstance(objective.window, Calendar):
        judged_at, judged = _periods(objective, track, moments.window_start, points.scale)
        full = (moments.window_start[np.searchsorted(at, judged_at) - 1] >= born - born % grain) & ~np.isnan(judged)
    else:
        judged_at, judged = at, share
        full = (moments.window_start >= born - born % grain) & ~np.isnan(share)
    if not full.any():
        judged_at, judged, full = at[-1:], share[-1:], ~np.isnan(share[-1:])
        return Past(at, share, judged_at[full], judged[full], False, float(spent.bad[-1]), float(whole[-1]))
    return Past(at, share, judged_at[full], judged[full], True, float(spent.bad[-1]), float(whole[-1]))


def _periods(objective: Objective, track: Track, begins: Ints, scale: int) -> tuple[Ints, Floats]:
    """When each period but the present one ended, and the share of it that was bad."""
    edges, quanta = np.unique(begins), units(objective.method, scale)
    places = np.searchsorted(track.start, edges)
    bad, total = np.diff(track.bad[places]) / quanta.bad, np.diff(track.total[places]) / quanta.total
    whole = total if objective.method.counts_events else np.diff(edges) / (objective.slice_s or 1)
    return edges[1:], np.where(total > 0, ratio(bad, whole), np.nan)


def meant(past: Past, target: Fraction) -> Meant:
    """What the target would have meant; it is below 1."""
    share = float(1 - target)
    missed = int(np.count_nonzero(past.judged > share + _CLOSE))
    worst = int(np.argmax(past.judged)) if len(past.judged) else None
    return Meant(
        target,
        len(past.judged),
        missed,
        share * past.whole,
        past.spent / (share * past.whole) if past.whole else None,
        None if worst is None else 1 - float(past.judged[worst]) / share,
        None if worst is None else int(past.judged_at[worst]),
    )


def remaining(past: Past, target: Fraction) -> Floats:
    """What would have been left of the budget at each moment, as a ratio of allowed; NaN where nothing counted."""
    left: Floats = 1 - past.bad_share / float(1 - target)
    return left


def telling(past: Past, own: Fraction) -> tuple[Fraction, ...]:
    """Targets worth a look, loosest first: the SLO's own, the strictest that was always met, and those around it."""
    worst = float(past.judged.max(initial=0.0))
    strictest = snap(1 - worst) or TARGETS[0]
    place = TARGETS.index(strictest)
    return tuple(sorted({own, *TARGETS[max(0, place - 1) : place + 3]}))


def snap(reliability: float) -> Fraction | None:
    """The strictest of TARGETS that is not above the reliability; None below a half.

    >>> float(snap(0.99773)), float(snap(0.999)), snap(0.3)
    (0.997, 0.999, None)
    """
    return max((one for one in TARGETS if float(one) <= reliability + _CLOSE), default=None)


def stricter(target: Fraction) -> Fraction:
    """The next of TARGETS up, or the strictest there is."""
    return min((one for one in TARGETS if one > target), default=TARGETS[-1])
