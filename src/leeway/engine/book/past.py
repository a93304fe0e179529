"""The days before the days of minutes, kept as hours: read from the roll-up, or judged again and saved there.

The roll-up is only trusted as far as it is known to reflect the store: changes after its mark are judged again.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np

from leeway.core.ledger.grid import HOUR_S, HOURS, MINUTES
from leeway.core.objective import DAY_S
from leeway.core.window import Span
from leeway.engine.book.increments import (
    MINUTES_AT_ONCE,
    Increments,
    increments,
    lasts_s,
    portions,
    reach_s,
    read_span,
)
from leeway.engine.book.shelf import Shelf
from leeway.engine.goal import Goal
from leeway.ports.points import Change, PointStore, Tallies


class Past:
    """Moves hours between the store and the ledgers."""

    def __init__(self, points: PointStore) -> None:
        self._points = points

    def warm(
        self,
        shelf: Shelf,
        goals: list[Goal],
        born: dict[int, int],
        span: Span,
        until: int,
        missed: tuple[Change, ...],
    ) -> None:
        """Fills whole days of hours for new columns; what the roll-up lacks or has missed is judged again."""
        saved = self._points.hours([goal.number for goal in goals], span)
        stale = stale_days(missed, goals, born, span)
        runs: list[tuple[list[Goal], Span]] = []
        for day in range(span.start, span.end, DAY_S):
            lived = [goal for goal in goals if _begun(goal, born.get(goal.series, span.end)) < day + DAY_S]
            found = np.searchsorted(saved.hour, (day // HOUR_S, (day + DAY_S) // HOUR_S))
            numbers = np.flatnonzero(np.bincount(saved.objective[slice(*found)])).tolist()
            there = {number for number in numbers if (number, day) not in stale}
            kept = [goal for goal in lived if goal.number in there]
            if kept:
                shelf.ledger.put_hours(day, shelf.columns(kept), *_dense(saved, slice(*found), kept, day).arrays)
            lost = [goal for goal in lived if goal.number not in there]
            if runs and runs[-1][0] == lost:
                runs[-1] = (lost, Span(runs[-1][1].start, day + DAY_S))
            else:
                runs.append((lost, Span(day, day + DAY_S)))
        for lost, days in runs:
            if lost:
                self.rejudge(shelf, lost, born, days, until)

    def rejudge(self, shelf: Shelf, goals: list[Goal], born: dict[int, int], days: Span, until: int) -> None:
        """Judges old whole days again from the store, in the ledger and in the roll-up; several days in one read."""
        for part in portions(goals):
            at_once = max(1, MINUTES_AT_ONCE // (MINUTES * len(part))) * DAY_S
            for start in range(days.start, days.end, at_once):
                span = Span(start, min(start + at_once, days.end))
                rows = self._points.read_all([goal.series for goal in part], read_span(part, span))
                hours = increments(part, rows, born, span, until).per_hour()
                for place, day in enumerate(range(span.start, span.end, DAY_S)):
                    of_day = slice(place * HOURS, (place + 1) * HOURS)
                    shelf.ledger.put_hours(day, shelf.columns(part), *(each[of_day] for each in hours.arrays))
                self._save(part, hours, span.start)

    def settle(self, shelf: Shelf, span: Span) -> None:
        """Saves the whole days of a span as the ledger holds them, where the roll-up says something else."""
        goals, ledger = shelf.order, shelf.ledger
        saved = self._points.hours([goal.number for goal in goals], span)
        for day in range(span.start, span.end, DAY_S):
            at = [ledger.sums(day + hour * HOUR_S, shelf.columns(goals)) for hour in range(HOURS + 1)]
            sums = [later - earlier for earlier, later in pairwise(at)]
            hours = Increments(*map(np.stack, zip(*(hour.arrays for hour in sums), strict=True)))
            found = slice(*np.searchsorted(saved.hour, (day // HOUR_S, (day + DAY_S) // HOUR_S)))
            known = _dense(saved, found, goals, day)
            differs = ~np.isin([goal.number for goal in goals], saved.objective[found])
            if hours.doubt is not None or known.doubt is not None:
                hours, known = hours.doubting(), known.doubting()
            for ours, theirs in zip(hours.arrays, known.arrays, strict=True):
                differs |= (ours != theirs).any(axis=0)
            if differs.any():
                news = Increments(*(each[:, differs] for each in hours.arrays))
                self._save([goal for goal, new in zip(goals, differs, strict=True) if new], news, day)

    def mark(self, seq: int) -> None:
        """Every change up to `seq` is in the roll-up, or in days that are still minutes."""
        self._points.mark_hours(seq)

    def _save(self, goals: list[Goal], hours: Increments, start: int) -> None:
        """Hours (rows) from `start` on, of these goals (columns)."""
        numbers, count = np.array([goal.number for goal in goals], np.int32), len(hours.bad)
        hour = np.arange(count, dtype=np.int64) + start // HOUR_S
        self._points.save_hours(
            Tallies(np.tile(numbers, count), np.repeat(hour, len(goals)), *(each.ravel() for each in hours.arrays))
        )


def stale_days(missed: tuple[Change, ...], goals: list[Goal], born: dict[int, int], span: Span) -> set[tuple[int, int]]:
    """Goals and days that nothing kept knows as they are now, because points came after the mark.

    A change reaches as far as its slice and the policy carry it; a new birth, to all that the policy fills since.
    """
    changed: defaultdict[int, list[Span]] = defaultdict(list)
    for change in missed:
        if change.span.start < span.end:
            changed[change.series].append(change.span)
    stale = set()
    for goal in goals:
        for each in changed[goal.series]:
            reborn = goal.waits and each.start <= born[goal.series]
            start, end = each.start - each.start % lasts_s(goal), each.end + reach_s(goal)
            end = span.end if reborn else min(end, span.end)
            stale |= {(goal.number, day) for day in range(start - start % DAY_S, end, DAY_S)}
    return stale


def _begun(goal: Goal, born: int) -> int:
    """When the slice of the first point began, which may be on the day before."""
    return born - born % lasts_s(goal)


def _dense(saved: Tallies, rows: slice, goals: list[Goal], day: int) -> Increments:
    """The saved rows of one day as hours × goals."""
    dense = Increments(*(np.zeros((HOURS, len(goals)), np.int64) for _ in range(3)))
    numbers = np.array([goal.number for goal in goals])
    order = np.argsort(numbers)
    place = np.minimum(np.searchsorted(numbers[order], saved.objective[rows]), len(goals) - 1)
    ours = numbers[order][place] == saved.objective[rows]
    at = (saved.hour[rows] - day // HOUR_S)[ours], order[place[ours]]
    columns = [saved.bad, saved.total, saved.covered]
    if saved.doubt is not None:
        dense, columns = dense.doubting(), [*columns, saved.doubt]
    for amounts, each in zip(dense.arrays, columns, strict=True):
        amounts[at] = each[rows][ours]
    return dense
