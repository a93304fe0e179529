"""A backtest's work: every minute of a month evaluated for many objectives, from the points in the store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np

from bench.figure import Figure, Line, expect
from bench.fleet import NOW, goal
from bench.history import History, history
from bench.place import aside
from leeway.core.assess import assess
from leeway.core.course import Course, course
from leeway.core.judge import judge
from leeway.core.objective import Method, Objective
from leeway.core.points import Points
from leeway.core.quality import COUNT_SCALE
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.ports.points import PointStore
from leeway.store import open_points

METHODS = (Method.OCCURRENCES, Method.TIMESLICES)


def run(*, quick: bool) -> Iterator[Line]:
    """8 windows, budget and coverage at each minute; the reading of the points and the arithmetic."""
    slos, days = (20, 2) if quick else (1_000, 30)
    past = history(slos, days)
    for method in METHODS:
        whole, reading = aside(_replayed, past, method)
        what = f"replay of {slos:,} × {days * 1440:,} minutes, {method}"
        yield Figure(what, "s", (whole,), 30, beside=f"of which reading the store {reading:.1f} s; one thread")


def _replayed(past: History, method: Method) -> tuple[float, float]:
    objective = goal(0, method).objective
    span = Span(NOW - past.days * 86_400, NOW)
    moments = np.arange(span.start + 60, span.end + 1, 60)
    reading, begin = 0.0, time.perf_counter()
    with closing(open_points(past.data)) as points:
        for number in past.series:
            asked = time.perf_counter()
            own = _points(points, number, span)
            reading += time.perf_counter() - asked
            said = _course(objective, own, span, moments)
        whole = time.perf_counter() - begin
        _check(objective, own, span, said)
    return whole, reading


def _points(points: PointStore, series: int, span: Span) -> Points:
    rows = points.read(series, span)
    return Points(rows.time, rows.good, rows.total, None, COUNT_SCALE)


def _course(objective: Objective, points: Points, span: Span, moments: np.ndarray) -> Course:
    judged = judge(objective, points, span, born=int(points.time[0]))
    return course(objective, Track.of(judged, points.time), moments, step_s=60, scale=points.scale)


def _check(objective: Objective, points: Points, span: Span, said: Course) -> None:
    """The last minute is what an assessment says."""
    track = Track.of(judge(objective, points, span, born=int(points.time[0])), points.time)
    seen = assess(objective, NOW, track.tally, step_s=60, scale=points.scale)
    left = seen.budget.remaining_ratio
    expect(left is not None and bool(np.isclose(said.remaining_ratio[-1], float(left))), f"remaining is {left}")
    rates = [float(rate) for rate in seen.burn_rates.values() if rate is not None]
    expect(bool(np.allclose(said.burn[:, -1], rates)), f"burn rates are {rates}")
