"""What each minute adds to a goal, from the points of its series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leeway.core.cells import Cells, places
from leeway.core.judge import NEVER, judge_many
from leeway.core.ledger.grid import MINUTE_S, MINUTES
from leeway.core.objective import NoData
from leeway.core.points import Ints, Points
from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.goal import Goal
from leeway.ports.points import Rows

MINUTES_AT_ONCE = 3_000_000
"""Minutes × goals that are judged from one read of the store, which takes about 36 bytes for each."""

HANDFUL = 60
"""Goals whose days are judged at once: 0.7 MB for each array of minutes."""


@dataclass(frozen=True, slots=True)
class Increments:
    """Minutes (rows) × goals (columns): what every minute of a span adds. No `doubt`: all of it is exact."""

    bad: Ints
    total: Ints
    covered: Ints
    doubt: Ints | None = None

    @classmethod
    def none(cls, span: Span, goals: int) -> Increments:
        """All zero."""
        shape = (span.length_s // MINUTE_S, goals)
        return cls(*(np.zeros(shape, np.int64) for _ in range(3)))

    def per_hour(self) -> Increments:
        """Summed to hours; the span is whole hours."""
        return Increments(*(each.reshape(-1, 60, each.shape[1]).sum(axis=1) for each in self.arrays))

    @property
    def certain(self) -> Ints:
        """What is certainly bad."""
        return self.bad if self.doubt is None else self.bad - self.doubt

    @property
    def arrays(self) -> tuple[Ints, ...]:
        """Bad, total, covered; and doubt where there is any."""
        exact = self.bad, self.total, self.covered
        return exact if self.doubt is None else (*exact, self.doubt)

    def doubting(self) -> Increments:
        """The same with room for doubt."""
        return self if self.doubt is not None else replace(self, doubt=np.zeros_like(self.bad))


def reach_s(goal: Goal) -> int:
    """How far before a minute its judgement looks."""
    return goal.objective.carry_limit_s if goal.objective.no_data is NoData.CARRY else 0


def lasts_s(goal: Goal) -> int:
    """How long a slice of the goal lasts."""
    return goal.objective.slice_s or MINUTE_S


def read_span(goals: list[Goal], span: Span) -> Span:
    """The span whose points decide the minutes of `span` for these goals: to the end of slices that begin in it."""
    before = max((reach_s(goal) for goal in goals), default=0)
    after = max((-span.end % lasts_s(goal) for goal in goals), default=0)
    return Span(span.start - before, span.end + after)


def portions(goals: list[Goal]) -> Iterator[list[Goal]]:
    """As many goals as one read may hold a day of, neighbours in the store together."""
    ordered, at_once = sorted(goals, key=lambda goal: goal.series), MINUTES_AT_ONCE // MINUTES
    return (ordered[place : place + at_once] for place in range(0, len(ordered), at_once))


def handfuls(goals: list[Goal]) -> Iterator[list[Goal]]:
    """As many goals as are judged at once, so that a day of them fits the processor's cache.

    Larger arrays are made of memory that the system hands out anew each time: that took twice as long as the judging.
    """
    return (goals[place : place + HANDFUL] for place in range(0, len(goals), HANDFUL))


def increments(goals: list[Goal], rows: Rows, born: dict[int, int], span: Span, until: int) -> Increments:
    """Judges the goals from rows that cover `read_span`; slices that are not complete by `until` add nothing yet."""
    if until <= span.start:
        return Increments.none(span, len(goals))
    series = np.array([goal.series for goal in goals], rows.series.dtype)
    bounds = np.stack([np.searchsorted(rows.series, series, side) for side in ("left", "right")])
    births = np.array([born.get(goal.series, NEVER) for goal in goals])
    result = None
    for alike in _alike(goals):
        goal, (at, column) = goals[alike[0]], _rows_of(bounds[:, alike])
        judged = _judged(goal, as_points(rows[at], goal), column, births[alike], span, until)
        if len(alike) == len(goals) and len(judged.bad) == span.length_s // MINUTE_S:
            return judged  # one way of judging for all, whole: no need to copy
        result = result or Increments.none(span, len(goals))
        result = result if judged.doubt is None else result.doubting()
        for whole, part in zip(result.arrays, judged.arrays, strict=False):  # some doubt, some do not
            whole[: len(part), places(alike)] = part
    return result or Increments.none(span, 0)


def _judged(goal: Goal, points: Points, column: Ints, born: Ints, span: Span, until: int) -> Increments:
    """By minute, up to `until`: goals that are like this one."""
    lasts = lasts_s(goal)
    judging = Span(span.start, max(span.start, min(until, span.end + lasts - MINUTE_S)))
    judged = judge_many(goal.objective, points, column, judging, born=born, step_s=MINUTE_S)
    keep = slice(int(np.searchsorted(judged.start, span.end)))
    if lasts == MINUTE_S:
        return Increments(
            judged.bad[keep],
            judged.total[keep],
            judged.seen[keep],
            None if judged.doubt is None else judged.doubt[keep],
        )
    minutes = (min(span.end, until) - span.start) // MINUTE_S
    seen = Cells.of((points.time - span.start) // MINUTE_S, column, (minutes, len(born))).seen()
    result = Increments(np.zeros_like(seen), np.zeros_like(seen), seen)
    minute = places((judged.start[keep] - span.start) // MINUTE_S)
    result.bad[minute], result.total[minute] = judged.bad[keep], judged.total[keep]
    if judged.doubt is None:
        return result
    result = result.doubting()
    result.arrays[-1][minute] = judged.doubt[keep]
    return result


def _alike(goals: list[Goal]) -> Iterable[NDArray[np.intp]]:
    """Places of goals that judge alike; what they aim at, and over which window, does not matter."""
    groups: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, goal in enumerate(goals):
        each = goal.objective
        how = (each.method, each.slice_s, each.slice_target, each.threshold, each.no_data, each.carry_limit_s)
        groups[goal.kind is Kind.VALUE, goal.scale, *how].append(place)
    return [np.array(group, np.intp) for group in groups.values()]


def _rows_of(bounds: Ints) -> tuple[slice | Ints, Ints]:
    """The rows between each column's bounds, one after the other, and which column each belongs to."""
    first, last = bounds
    count = last - first
    column = np.repeat(np.arange(len(count)), count)
    if (first[1:] == last[:-1]).all():  # they lie so already
        return slice(int(first[0]), int(last[-1])), column
    return np.arange(len(column)) + np.repeat(first - np.cumsum(count) + count, count), column


def as_points(rows: Rows, goal: Goal) -> Points:
    """Rows of series that are like the goal's as core points."""
    if goal.kind is not Kind.VALUE:
        return Points(rows.time, rows.good, rows.total, None, goal.scale)
    return Points(rows.time, rows.good, rows.total, rows.value, goal.scale, rows.sketch)
