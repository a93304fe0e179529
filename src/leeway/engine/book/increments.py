"""What each minute adds to a goal, from the points of its series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.judge import judge
from leeway.core.ledger.grid import MINUTE_S
from leeway.core.objective import NoData
from leeway.core.points import Ints, Points
from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.goal import Goal
from leeway.ports.points import Rows


@dataclass(frozen=True, slots=True)
class Increments:
    """Minutes (rows) × goals (columns): what every minute of a span adds."""

    bad: Ints
    total: Ints
    covered: Ints

    @classmethod
    def none(cls, span: Span, goals: int) -> Increments:
        """All zero."""
        shape = (span.length_s // MINUTE_S, goals)
        return cls(*(np.zeros(shape, np.int64) for _ in range(3)))

    def per_hour(self) -> Increments:
        """Summed to hours; the span is whole hours."""
        return Increments(*(each.reshape(-1, 60, each.shape[1]).sum(axis=1) for each in self.arrays))

    @property
    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """Bad, total, covered."""
        return self.bad, self.total, self.covered


_NONE = np.empty(0, np.int64)
NO_ROWS = Rows(np.empty(0, np.int32), _NONE, _NONE, _NONE, np.empty(0))


def reach_s(goal: Goal) -> int:
    """How far before a minute its judgement looks."""
    return goal.objective.carry_limit_s if goal.objective.no_data is NoData.CARRY else 0


def lasts_s(goal: Goal) -> int:
    """How long a slice of the goal lasts."""
    return goal.objective.slice_s or MINUTE_S


def read_span(goals: list[Goal], span: Span) -> Span:
    """The span whose points decide the minutes of `span` for these goals."""
    before = max((reach_s(goal) + lasts_s(goal) for goal in goals), default=0)
    after = max((lasts_s(goal) for goal in goals), default=0)
    return Span(span.start - before, span.end + after)


def increments(goals: list[Goal], rows: Rows, born: dict[int, int], span: Span, until: int) -> Increments:
    """Judges the goals from rows that cover `read_span`; slices that are not complete by `until` add nothing yet."""
    result = Increments.none(span, len(goals))
    by_series = split(rows)
    for place, goal in enumerate(goals):
        points = as_points(by_series.get(goal.series, NO_ROWS), goal)
        end = min(until, span.end + lasts_s(goal) - MINUTE_S)
        if end <= span.start:
            continue
        judged = judge(goal.objective, points, Span(span.start, end), born=born.get(goal.series))
        keep = slice(None, int(np.searchsorted(judged.start, span.end)))
        minute = (judged.start[keep] - span.start) // MINUTE_S
        result.bad[minute, place] = judged.bad[keep]
        result.total[minute, place] = judged.total[keep]
        first, last = np.searchsorted(points.time, (span.start, min(span.end, until)))
        result.covered[(points.time[first:last] - span.start) // MINUTE_S, place] = 1
    return result


def split(rows: Rows) -> dict[int, Rows]:
    """Rows by series, each in the order of time; the rows come ordered by time."""
    if not len(rows):
        return {}
    order = np.argsort(rows.series, kind="stable")
    numbers, starts = np.unique(rows.series[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(number): take(rows, part) for number, part in zip(numbers, parts, strict=True)}


def take(rows: Rows, at: Ints) -> Rows:
    """Some of the rows."""
    return Rows(rows.series[at], rows.time[at], rows.good[at], rows.total[at], rows.value[at])


def as_points(rows: Rows, goal: Goal) -> Points:
    """Rows of the goal's series as core points."""
    return Points(rows.time, rows.good, rows.total, rows.value if goal.kind is Kind.VALUE else None, goal.scale)
