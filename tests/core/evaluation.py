"""Rows in, assessment out, by the parts of `leeway.core` in the order in which an offline evaluation uses them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from leeway.core.assess import Assessment, assess
from leeway.core.judge import Judged, judge, origin
from leeway.core.objective import Method, Objective
from leeway.core.points import Points
from leeway.core.quality import RATIO_SCALE, Kind, Measured, fitting_scale, inspect, trusted
from leeway.core.track import Track
from leeway.core.window import Rolling, Span

MINUTE, HOUR, DAY = 60, 3600, 86_400
NOW = 20_000 * DAY + 12 * HOUR
LONGEST_BURN_S = 3 * DAY


def floats(numbers):
    """A column: None is what cannot be read."""
    return np.array([float("nan") if number is None else float(number) for number in numbers], np.float64)


def counts(times, total, *, good=None, bad=None):
    """Rows of a ratio series."""
    columns = {name: floats(column) for name, column in (("good", good), ("bad", bad)) if column is not None}
    return Measured(np.array(times, np.int64), total=floats(total), **columns)


def values(times, value):
    """Rows of a threshold or raw-ratio series."""
    return Measured(np.array(times, np.int64), value=floats(value))


def points_of(kind: Kind, rows: Measured, step_s: int = 60) -> Points:
    """What is believed of the rows."""
    faults = inspect(kind, rows, step_s=step_s)
    scale = 1 if kind is Kind.VALUE else RATIO_SCALE
    if kind is Kind.COUNTS:
        scale = fitting_scale(rows.part[faults == 0], rows.whole[faults == 0])
    return trusted(kind, rows, faults, scale=scale)


def before(points: Points, as_of: int) -> Points:
    """The points that an evaluation at `as_of` may see."""
    return _part(points, slice(0, int(np.searchsorted(points.time, as_of))))


def since(points: Points, start: int) -> Points:
    """The points from `start` on."""
    return _part(points, slice(int(np.searchsorted(points.time, start)), None))


def _part(points: Points, rows: slice) -> Points:
    value = None if points.value is None else points.value[rows]
    return Points(points.time[rows], points.good[rows], points.total[rows], value, points.scale)


def judged_at(objective: Objective, points: Points, as_of: int) -> Judged:
    """All slices that a window or a burn rate at `as_of` can look at; `points` lie before `as_of`."""
    window = objective.window.at(as_of)
    span = Span(min(window.start, as_of - LONGEST_BURN_S), as_of)
    born = int(points.time[0]) if len(points) else None
    return judge(objective, points, span, born=born, grid=origin(objective, window))


def assess_points(objective: Objective, points: Points, at: int, step_s: int = 60) -> Assessment:
    """The assessment at `at`, rounded down to a step."""
    as_of = at - at % step_s
    points = before(points, as_of)
    track = Track.of(judged_at(objective, points, as_of), points.time)
    return assess(objective, as_of, track.tally, step_s=step_s, scale=points.scale)


def assess_rows(objective: Objective, kind: Kind, rows: Measured, at: int, step_s: int = 60) -> Assessment:
    """The same from rows as they were received."""
    return assess_points(objective, points_of(kind, rows, step_s), at, step_s)


def objective(method, target="0.95", *, minutes=10, slice_s=MINUTE, slice_target=None, **more):
    """An objective over the last `minutes`; the slice target is the target unless it is given."""
    judges = method in (Method.TIMESLICES, Method.TRAFFIC_WEIGHTED_TIMESLICES)
    return Objective(
        "main",
        method,
        Fraction(target),
        Rolling(minutes * MINUTE),
        slice_s=None if method is Method.OCCURRENCES else slice_s,
        slice_target=Fraction(slice_target or target) if judges else None,
        **more,
    )


def last_minutes(count, step_s=MINUTE):
    """The times of the last `count` steps before NOW."""
    return [NOW - step_s * back for back in range(count, 0, -1)]


def assessed(goal, good, total, times=None):
    """Good and total of the last minutes, assessed now."""
    return assess_rows(goal, Kind.COUNTS, counts(times or last_minutes(len(total)), total, good=good), NOW)
