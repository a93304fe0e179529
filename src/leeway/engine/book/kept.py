"""Finished days that ledgers hold as minutes, kept beside the points, so that a start need not judge them.

They are trusted as the roll-up is: as far as the mark says. All that are still minutes are kept anew before it moves,
so none is older than the mark; changes after it are judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from leeway.core.cells import places
from leeway.core.objective import DAY_S
from leeway.core.window import Span
from leeway.engine.book.increments import handfuls, lasts_s
from leeway.engine.book.shelf import Shelf
from leeway.engine.goal import Goal
from leeway.ports.points import Minutes, PointStore


class Kept:
    """Moves days of minutes between the store and the ledgers."""

    def __init__(self, points: PointStore) -> None:
        self._points = points

    def warm(
        self, shelf: Shelf, goals: list[Goal], days: Span, stale: set[tuple[int, int]]
    ) -> list[tuple[list[Goal], int]]:
        """Fills these days as far as they are kept and not stale; by day the goals that are to be judged."""
        return [(self._fill(shelf, goals, day, stale), day) for day in range(days.start, days.end, DAY_S)]

    def _fill(self, shelf: Shelf, goals: list[Goal], day: int, stale: set[tuple[int, int]]) -> list[Goal]:
        left = {goal.number: goal for goal in goals if (goal.number, day) not in stale}
        lost = [goal for goal in goals if goal.number not in left]
        for part in self._points.kept_minutes(day // DAY_S, list(left)):
            at = [place for place, number in enumerate(part.objectives) if number in left]
            theirs = [left.pop(part.objectives[place]) for place in at]
            sums = (each[:, places(np.array(at))] for each in part.sums)
            shelf.ledger.put_running(day, shelf.columns(theirs), *sums)
        return [*lost, *left.values()]

    def settle(self, shelves: Iterable[Shelf], days: Span) -> None:
        """Keeps these finished days of all ledgers."""
        shelves = tuple(shelves)
        self._points.keep_minutes(
            {
                day // DAY_S: tuple(part for shelf in shelves for part in _parts(shelf, day))
                for day in range(days.start, days.end, DAY_S)
            }
        )


def _parts(shelf: Shelf, day: int) -> Iterator[Minutes]:
    """Of goals whose slices end with the day: that of others may still be changed by what comes after midnight."""
    for few in handfuls([goal for goal in shelf.order if (day + DAY_S) % lasts_s(goal) == 0]):
        yield Minutes(tuple(goal.number for goal in few), shelf.ledger.minutes(day, shelf.columns(few)))
