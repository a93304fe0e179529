"""An objective's series at any moments of its past: exact at a few, along a course at many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from leeway.core.assess import Assessment, assess
from leeway.core.burn import SPANS
from leeway.core.course import course
from leeway.core.judge import judge, origin
from leeway.core.objective import DAY_S, NoData
from leeway.core.points import Floats, Ints
from leeway.core.tally import Tally
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.engine.book.increments import as_points
from leeway.engine.catalog import STEP_S
from leeway.engine.goal import Goal
from leeway.engine.series.names import Along, Family
from leeway.ports.points import PointStore

FEW = 8
"""So many moments of one stretch are assessed one by one, exactly."""

SINGLY = 100
"""So many moments of an objective with slices of a day or longer are judged, each by itself."""

STRETCH_S = 100 * DAY_S
"""The moments of one stretch are worked out together, from one reading of the points."""

Known = dict[tuple[str, str], Floats]
"""By the name of a family and the value of its own label; NaN where it is not known."""


def known(
    goal: Goal, points: PointStore, extent: Span | None, now: int, at: Ints, families: Sequence[Family]
) -> Known | None:
    """Series of the objective at these moments, whole steps in ascending order; as known now.

    `extent` is that of all points of its series, None without one. Before it nothing is known,
    which is told as it would be `now`: no calendar reaches back to every moment that can be written.

    None for more than SINGLY moments of slices of a day or longer: they are aligned to each window, so each moment has
    to be judged by itself.
    """
    result = {(family.name, value): np.full(len(at), np.nan) for family in families for value in family.values}
    unborn = len(at) if extent is None else int(np.searchsorted(at, extent.start, side="right"))
    if unborn:
        none = assess(goal.objective, now, lambda _span: Tally(0, 0, 0), step_s=STEP_S, scale=goal.scale)
        _put(result, slice(0, unborn), none, families)
    if extent is None:
        return result
    if not goal.in_ledger and len(at) - unborn > SINGLY:
        return None
    for place in stretches(at, STRETCH_S if goal.in_ledger else 1, unborn):
        track = track_of(goal, points, int(at[place][0]), int(at[place][-1]), extent.start)
        _fill(result, place, goal, track, at[place], families)
    return result


def stretches(at: Ints, length_s: int, first: int = 0) -> Iterator[slice]:
    """Places of moments, from the place `first` on, none of which lies so long after the first of its stretch."""
    while first < len(at):
        beyond = int(np.searchsorted(at, at[first] + length_s))
        yield slice(first, beyond)
        first = beyond


def _fill(result: Known, place: slice, goal: Goal, track: Track, at: Ints, families: Sequence[Family]) -> None:
    objective = goal.objective
    if len(at) <= FEW:
        for number, moment in enumerate(at.tolist(), place.start):
            found = assess(objective, moment, track.tally, step_s=STEP_S, scale=goal.scale)
            _put(result, slice(number, number + 1), found, families)
        return
    whole = course(objective, track, at, step_s=STEP_S, scale=goal.scale)
    certain = whole if track.doubt is None else course(objective, track.certain, at, step_s=STEP_S, scale=goal.scale)
    along = Along(objective, whole, whole.bad - certain.bad)
    for family in families:
        for value, told in zip(family.values, family.along(along), strict=True):
            result[family.name, value][place] = told


def track_of(
    goal: Goal, points: PointStore, first: int, last: int, born: int, *, as_known_at: int | None = None
) -> Track:
    """What counts at moments from `first` to `last`: the window before, burn rates' spans, the reach of the policy.

    As known now, or at `as_known_at` (epoch microseconds).
    """
    objective = goal.objective
    reach = (objective.carry_limit_s if objective.no_data is NoData.CARRY else 0) + (objective.slice_s or 0)
    window = objective.window.at(first)
    span = Span(min(window.start, first - max(SPANS.values())) - reach, last)
    rows = as_points(points.read(goal.series, span, as_known_at=as_known_at), goal)
    return Track.of(judge(objective, rows, span, born=born, grid=origin(objective, window)), rows.time)


def _put(result: Known, place: slice, found: Assessment, families: Sequence[Family]) -> None:
    for family in families:
        for value, told in family.of(found):
            result[family.name, value][place] = told
