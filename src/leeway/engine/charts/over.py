"""An objective over a span: its budget when the span began and when it ended, and what burned, from one reading."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.core.assess import Assessment, assess
from leeway.core.objective import DAY_S
from leeway.core.track import Track
from leeway.core.window import Calendar, Span
from leeway.engine import query
from leeway.engine.catalog import STEP_S
from leeway.engine.charts.ledger import NOTHING, Ledger, ledger, of_track
from leeway.engine.goal import Goal
from leeway.engine.series.past import track_of
from leeway.ports.points import PointStore


@dataclass(frozen=True, slots=True)
class Over:
    """`start` and `end` are assessments without the exact interval; `ledger` is that of the end's window."""

    goal: Goal
    start: Assessment
    end: Assessment
    ledger: Ledger


def over(goal: Goal, points: PointStore, span: Span, *, ended: bool) -> Over:
    """With what is known now. `ended`: the span is over, and a calendar period that ended with it is told. Blocking."""
    begin, end = _moment(goal, span.start), _moment(goal, span.end) if ended else span.end
    if not goal.in_ledger:  # its slices lie along each window, so each is judged by itself
        first, last = (query.past(goal, points, at, None) for at in (begin, end))
        return Over(goal, first, last, ledger(goal, points, end))
    extent = points.extent().get(goal.series)
    track = NOTHING if extent is None else track_of(goal, points, begin, end, extent.start)
    whole = not begin % (
        goal.objective.slice_s or STEP_S
    )  # else the track knows the end of a slice that it cuts through
    first = _assessed(goal, track, begin) if whole else query.past(goal, points, begin, None)
    return Over(goal, first, _assessed(goal, track, end), of_track(goal, track, end))


def _assessed(goal: Goal, track: Track, at: int) -> Assessment:
    return assess(goal.objective, at, track.tally, step_s=STEP_S, scale=goal.scale)


def _moment(goal: Goal, time: int) -> int:
    """When its budget is looked at for a span that begins or ends at `time`.

    A calendar period that begins then would say nothing of the span: it is the one that ended with it, in whatever
    zone, one step before its end, the last that it holds.
    """
    window = goal.objective.window
    if not isinstance(window, Calendar):
        return time
    began = window.at(time - STEP_S).start
    return began - STEP_S if time - began < DAY_S else time - STEP_S
