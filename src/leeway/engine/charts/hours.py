"""What each hour did to an objective: from its ledger and the roll-up, and from its points where neither reaches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from leeway.core.cells import Places
from leeway.core.judge import judge, origin
from leeway.core.ledger import Ledger
from leeway.core.ledger.grid import HOUR_S, HOURS
from leeway.core.objective import DAY_S, NoData
from leeway.core.points import Ints
from leeway.core.window import Span
from leeway.engine.book import Book
from leeway.engine.book.increments import as_points
from leeway.engine.goal import Goal
from leeway.ports.points import PointStore


@dataclass(frozen=True, slots=True)
class Hours:
    """Quanta that went bad and that counted in each hour from `start` on, and its steps that have a row.

    A slice counts in the hour in which it begins.
    """

    start: int
    bad: Ints
    total: Ints
    covered: Ints

    @property
    def at(self) -> Ints:
        """When each begins."""
        return self.start + HOUR_S * np.arange(len(self.bad), dtype=np.int64)

    def of(self, edges: Ints) -> tuple[Ints, Ints, Ints]:
        """Bad, total and covered of the hours that begin between each two of these times and the next."""
        places = np.searchsorted(self.at, edges)
        running = (np.concatenate(([0], np.cumsum(each))) for each in (self.bad, self.total, self.covered))
        bad, total, covered = (np.diff(each[places]) for each in running)
        return bad, total, covered


def hours(goal: Goal, book: Book, points: PointStore, span: Span, as_of: int) -> Hours:
    """The hours that begin in the span, whole days (UTC); up to `as_of`, as known now. Blocking."""
    count = span.length_s // HOUR_S
    found = Hours(span.start, *(np.zeros(count, np.int64) for _ in range(3)))
    extent = points.extent().get(goal.series)
    if extent is None:
        return found
    held = book.look_up([goal], lambda ledger, columns, _: _held(ledger, columns, span)) if goal.in_ledger else []
    oldest = span.end
    for _, (begin, sums) in held:
        oldest = begin
        _put(found, begin, sums)
    before = Span(span.start, max(span.start, oldest))
    known = _rolled_up(found, goal, points, before) if goal.in_ledger else set()
    first = max(before.start, extent.start - (goal.objective.slice_s or 0)) // DAY_S  # where the first slice begins
    lost = [day for day in range(first, -(-min(before.end, as_of) // DAY_S)) if day not in known]
    for _, run in groupby(enumerate(lost), lambda one: one[1] - one[0]):
        days = [day for _, day in run]
        part = Span(days[0] * DAY_S, min((days[-1] + 1) * DAY_S, as_of))
        _put(found, part.start, _judged(goal, points, part, extent.start, as_of))
    return found


def _put(into: Hours, begin: int, sums: tuple[Ints, ...]) -> None:
    place = (begin - into.start) // HOUR_S
    for whole, part in zip((into.bad, into.total, into.covered), sums, strict=True):
        fits = part[: len(whole) - place]
        whole[place : place + len(fits)] = fits


def _held(ledger: Ledger, columns: Places, span: Span) -> tuple[int, tuple[Ints, ...]]:
    begin = min(max(span.start, ledger.oldest), ledger.head)
    end = min(span.end, ledger.head)
    times = np.append(np.arange(begin, end, HOUR_S, dtype=np.int64), max(begin, end))
    sums = ledger.running(int(np.arange(ledger.width)[columns][0]), times)
    return begin, tuple(np.diff(each) for each in (sums.bad, sums.total, sums.covered))


def _rolled_up(into: Hours, goal: Goal, points: PointStore, span: Span) -> set[int]:
    """Adds what is kept of these days, and tells which they are."""
    kept = points.hours([goal.number], span)
    place = kept.hour - into.start // HOUR_S
    for whole, part in zip((into.bad, into.total, into.covered), (kept.bad, kept.total, kept.covered), strict=True):
        whole[place] = part
    return set(np.unique(kept.hour // HOURS).tolist())


def _judged(goal: Goal, points: PointStore, span: Span, born: int, as_of: int) -> tuple[Ints, ...]:
    objective = goal.objective
    reach = objective.carry_limit_s if objective.no_data is NoData.CARRY else 0
    judging = Span(span.start, max(span.start, min(as_of, span.end + (objective.slice_s or 0))))
    rows = as_points(points.read(goal.series, Span(judging.start - reach, judging.end)), goal)
    judged = judge(objective, rows, judging, born=born, grid=origin(objective, objective.window.at(as_of)))
    count = -(-span.length_s // HOUR_S)
    bad, total, covered = (np.zeros(count, np.int64) for _ in range(3))
    hour = (judged.start - span.start) // HOUR_S
    inside = hour < count
    np.add.at(bad, hour[inside], judged.bad[inside])
    np.add.at(total, hour[inside], judged.total[inside])
    row = (rows.time[(rows.time >= span.start) & (rows.time < span.end)] - span.start) // HOUR_S
    np.add.at(covered, row, 1)
    return bad, total, covered
