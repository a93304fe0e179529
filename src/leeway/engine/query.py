"""Answers from the book where it can, from the store where the past is asked for. Nothing here changes anything."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np

from leeway.core.assess import Assessment, assess
from leeway.core.gaps import gaps
from leeway.core.judge import Judged, State, judge, nearest_edges, origin
from leeway.core.objective import NoData
from leeway.core.points import Floats, Points
from leeway.core.sparse.guard import Guard
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.engine.book import Book
from leeway.engine.book.increments import as_points
from leeway.engine.catalog import STEP_S
from leeway.engine.certainty import Sureness, clustering, exact
from leeway.engine.explain import lines
from leeway.engine.goal import Goal
from leeway.engine.views import Certainty, Chance, Foreseen, SliceCount, SourceState, Status, Why
from leeway.ports.points import PointStore
from leeway.spec.about import About

GAPS = 10
"""The longest unknown spans that an explanation lists."""

READINGS = 3


def live(goal: Goal, book: Book, points: PointStore, as_of: int, sureness: Sureness | None = None) -> Assessment:
    """The assessment at `as_of`, from look-ups in the ledger; with `sureness` the exact interval too."""
    if not goal.in_ledger:
        return past(goal, points, as_of, None)
    found = assess(goal.objective, as_of, book.tally(goal), step_s=STEP_S, scale=goal.scale)
    return found if sureness is None else replace(found, adjusted=sureness.interval(goal, found.budget))


def past(goal: Goal, points: PointStore, as_of: int, known_at: float | None) -> Assessment:
    """The assessment at any time of the past, with what is known now or was known at `known_at`; from the store."""
    rows, judged = _judged(goal, points, as_of, known_at)
    track = Track.of(judged, rows.time)
    found = edged(assess(goal.objective, as_of, track.tally, step_s=STEP_S, scale=goal.scale), rows)
    return _adjusted(goal, found, track)[0]


def edged(assessment: Assessment, rows: Points) -> Assessment:
    """The assessment with the edges that leave it in doubt, if any do."""
    if not assessment.budget.doubt:
        return assessment
    return replace(assessment, edges=nearest_edges(assessment.objective, rows))


def status(
    goal: Goal,
    about: About,
    assessment: Assessment,
    book: Book,
    source: SourceState,
    data_until: int | None,
    trace: Floats | None,
) -> Status:
    """An assessment with what surrounds it."""
    born, window = book.born(goal.series), assessment.window
    elapsed = max(1, assessment.as_of - window.start)
    filled = 0.0 if born is None else min(1.0, max(0.0, (assessment.as_of - max(born, window.start)) / elapsed))
    return Status(
        goal.slo,
        goal.service,
        about,
        assessment,
        born,
        filled,
        data_until,
        source,
        () if trace is None else tuple(None if isnan(ratio) else ratio for ratio in trace.tolist()),
    )


def why(
    goal: Goal,
    shown: Status,
    foreseen: Foreseen | None,
    chances: tuple[Chance, ...],
    guard: Guard | None,
    points: PointStore,
) -> Why:
    """Everything that went into the status, and what will become of it."""
    as_of, window = shown.assessment.as_of, shown.assessment.window
    elapsed = Span(window.start, as_of)
    rows, judged = _judged(goal, points, as_of, None)
    assessment, rho, events = _adjusted(goal, edged(shown.assessment, rows), Track.of(judged, rows.time))
    shown = replace(shown, assessment=assessment)
    inside = (judged.start >= window.start) & (judged.start < as_of)
    unknown = Span(max(window.start, shown.born or as_of), as_of)
    return Why(
        shown,
        lines(shown),
        _count(goal, judged, inside, elapsed),
        tuple((one.start, one.end) for one in gaps(rows.time, unknown, STEP_S, GAPS)),
        points.readings(goal.series, Span(as_of - 86_400, as_of + STEP_S), limit=READINGS),
        foreseen,
        Certainty(assessment.adjusted, rho, events, chances, guard),
    )


def _adjusted(goal: Goal, assessment: Assessment, track: Track) -> tuple[Assessment, float, float]:
    """The assessment with its exact interval; rho, and how many independent events all of them are worth."""
    span = Span(assessment.window.start, assessment.as_of)
    rho, share = clustering(goal.objective, goal.scale, track, span)
    events = float(assessment.budget.total) * share
    return replace(assessment, adjusted=exact(assessment.budget, share)), rho, events


def _judged(goal: Goal, points: PointStore, as_of: int, known_at: float | None) -> tuple[Points, Judged]:
    """All that matters at `as_of`: the window, three days for burn rates, and the reach of the policy."""
    objective = goal.objective
    window = objective.window.at(as_of)
    reach = (objective.carry_limit_s if objective.no_data is NoData.CARRY else 0) + (objective.slice_s or 0)
    start = min(window.start, as_of - 3 * 86_400) - reach
    extent = points.extent().get(goal.series)
    known = None if known_at is None else int(known_at * 1_000_000)
    rows = as_points(points.read(goal.series, Span(start, as_of), as_known_at=known), goal)
    born = None if extent is None else extent.start
    if known_at is not None:
        first = points.read(
            goal.series, Span(min(start, born if born is not None else start), as_of), as_known_at=known
        )
        born = int(first.time[0]) if len(first) else None
    return rows, judge(objective, rows, Span(start, as_of), born=born, grid=origin(objective, window))


def _count(goal: Goal, judged: Judged, inside: np.ndarray, elapsed: Span) -> tuple[SliceCount, ...]:
    """Complete slices of the window by state; those that judging left out are unknown."""
    length, grid = goal.objective.slice_s or STEP_S, origin(goal.objective, elapsed)
    state, filled = judged.state[inside], judged.filled[inside]
    counts = {kind: int((state == kind).sum()) for kind in State}
    complete = (elapsed.end - grid) // length + (grid - elapsed.start) // length
    counts[State.UNKNOWN] = complete - counts[State.GOOD] - counts[State.BAD]
    return tuple(SliceCount(kind, counts[kind], int(filled[state == kind].sum())) for kind in State)
