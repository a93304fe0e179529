"""The days before the days of minutes, kept as hours: read from the roll-up, or judged again and saved there.

The roll-up is only trusted as far as it is known to reflect the store: changes after its mark are judged again.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from leeway.core.ledger.grid import HOUR_S, HOURS
from leeway.core.objective import DAY_S
from leeway.core.window import Span
from leeway.engine.book.increments import Increments, increments, read_span
from leeway.engine.book.shelf import Shelf
from leeway.engine.goal import Goal
from leeway.ports.points import PointStore, Tallies


class Past:
    """Moves hours between the store and the ledgers."""

    def __init__(self, points: PointStore) -> None:
        self._points = points

    def warm(self, shelf: Shelf, goals: list[Goal], born: dict[int, int], span: Span, until: int) -> None:
        """Fills whole days of hours for new columns; what the roll-up lacks or has missed is judged again."""
        saved = self._points.hours([goal.number for goal in goals], span)
        stale = self._stale(span)
        for day in range(span.start, span.end, DAY_S):
            lived = [goal for goal in goals if born.get(goal.series, span.end) < day + DAY_S]
            found = np.searchsorted(saved.hour, (day // HOUR_S, (day + DAY_S) // HOUR_S))
            there = set(saved.objective[found[0] : found[1]].tolist())
            kept = [goal for goal in lived if goal.number in there and (goal.series, day) not in stale]
            if kept:
                shelf.ledger.put_hours(day, shelf.columns(kept), *_dense(saved, slice(*found), kept, day).arrays)
            lost = [goal for goal in lived if goal not in kept]
            if lost:
                self.rejudge(shelf, lost, born, day, until)

    def rejudge(self, shelf: Shelf, goals: list[Goal], born: dict[int, int], day: int, until: int) -> None:
        """Judges one old day again from the store, in the ledger and in the roll-up."""
        span = Span(day, day + DAY_S)
        rows = self._points.read_all([goal.series for goal in goals], read_span(goals, span))
        hours = increments(goals, rows, born, span, until).per_hour()
        shelf.ledger.put_hours(day, shelf.columns(goals), *hours.arrays)
        self._save(goals, hours, day)

    def settle(self, shelf: Shelf, day: int) -> None:
        """Saves a day that the ledger still holds."""
        goals, ledger = shelf.order, shelf.ledger
        if not goals or day < ledger.oldest:
            return
        columns = shelf.columns(goals)
        at = [ledger.sums(day + hour * HOUR_S, columns) for hour in range(HOURS + 1)]
        hours = [later - earlier for earlier, later in pairwise(at)]
        self._save(
            goals,
            Increments(*(np.stack([getattr(hour, name) for hour in hours]) for name in ("bad", "total", "covered"))),
            day,
        )

    def mark(self, seq: int) -> None:
        """Every change up to `seq` is in the roll-up, or in days that are still minutes."""
        self._points.mark_hours(seq)

    def _stale(self, span: Span) -> set[tuple[int, int]]:
        return {
            (change.series, day)
            for change in self._points.changes(self._points.hours_mark())
            for day in range(change.span.start - change.span.start % DAY_S, min(change.span.end, span.end), DAY_S)
        }

    def _save(self, goals: list[Goal], hours: Increments, day: int) -> None:
        numbers = np.array([goal.number for goal in goals], np.int32)
        hour = np.arange(HOURS, dtype=np.int64) + day // HOUR_S
        self._points.save_hours(
            Tallies(np.tile(numbers, HOURS), np.repeat(hour, len(goals)), *(each.ravel() for each in hours.arrays))
        )


def _dense(saved: Tallies, rows: slice, goals: list[Goal], day: int) -> Increments:
    """The saved rows of one day as hours × goals."""
    dense = Increments(*(np.zeros((HOURS, len(goals)), np.int64) for _ in range(3)))
    numbers = np.array([goal.number for goal in goals])
    order = np.argsort(numbers)
    place = np.minimum(np.searchsorted(numbers[order], saved.objective[rows]), len(goals) - 1)
    ours = numbers[order][place] == saved.objective[rows]
    at = (saved.hour[rows] - day // HOUR_S)[ours], order[place[ours]]
    for amounts, each in zip(dense.arrays, (saved.bad, saved.total, saved.covered), strict=True):
        amounts[at] = each[rows][ours]
    return dense
