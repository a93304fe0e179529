"""One ledger with the goals that own its columns."""

from __future__ import annotations

import numpy as np

from leeway.core.cells import Places, places
from leeway.core.ledger import Layout, Ledger
from leeway.core.ledger.grid import HOUR_S
from leeway.core.objective import DAY_S
from leeway.core.points import Floats
from leeway.core.pulse import Pulse, Roster, burn_down, pulse
from leeway.engine.book.increments import Increments
from leeway.engine.goal import Goal

WIDTHS = (64, 256, 1_024, 4_096)
"""How many objectives a ledger holds: a tick costs the more the more ledgers there are, an empty column its memory."""


def width_for(waiting: int) -> int:
    """The width of the next ledger when so many objectives have no place yet."""
    return next((width for width in WIDTHS if width >= waiting), WIDTHS[-1])


class Shelf:
    """Goals of one layout; columns of goals that left are given to new ones."""

    def __init__(self, layout: Layout, at: int, width: int) -> None:
        self.ledger = Ledger(layout, at - at % DAY_S - (layout.hour_days - 1) * DAY_S, width, head=at)
        self.column: dict[int, int] = {}
        self.goals: dict[int, Goal] = {}
        self._spare = list(range(width - 1, -1, -1))
        self._roster: Roster | None = None

    @property
    def full(self) -> bool:
        """True when no column is left."""
        return not self._spare

    def add(self, goal: Goal) -> None:
        """Gives the goal an empty column."""
        self.column[goal.number] = self._spare.pop()
        self.goals[goal.number] = goal
        self._roster = None

    def remove(self, number: int) -> None:
        """Takes the goal out and clears its column."""
        column = self.column.pop(number)
        del self.goals[number]
        self.ledger.clear(column)
        self._spare.append(column)
        self._roster = None

    def columns(self, goals: list[Goal]) -> Places:
        """The columns of these goals."""
        return places(np.array([self.column[goal.number] for goal in goals], np.intp))

    def behind(self, hour: int, added: Increments) -> list[Goal]:
        """Those in `order` of whose old hour the ledger holds something else than these minutes add up to."""
        early, late = (self.ledger.sums(time, self.columns(self.order)) for time in (hour, hour + HOUR_S))
        held, sums = (late - early).arrays, [each.sum(axis=0) for each in added.arrays]
        same = np.all([np.equal(one, other) for one, other in zip(held, sums, strict=False)], axis=0)
        return [goal for goal, is_same in zip(self.order, same, strict=True) if not is_same]

    def lend(self, hour: int, added: Increments) -> None:
        """Lends the ledger the minutes of an old hour, judged for the goals in `order`."""
        full = [np.zeros((len(each), self.ledger.width), np.int64) for each in added.arrays]
        for wide, each in zip(full, added.arrays, strict=True):
            wide[:, self.columns(self.order)] = each
        self.ledger.lend(hour, *full)

    @property
    def order(self) -> list[Goal]:
        """The goals in the order of their columns, which is the order of a pulse."""
        return [self.goals[number] for number, _ in sorted(self.column.items(), key=lambda item: item[1])]

    def pulse(self, as_of: int) -> Pulse:
        """All goals at this minute. Raises OutOfReach if an hour must be lent first."""
        return pulse(self.ledger, self._roster_now(), as_of)

    def burn_down(self, as_of: int) -> Floats:
        """How each goal's budget went over its window; see core.pulse. Raises OutOfReach as `pulse`."""
        return burn_down(self.ledger, self._roster_now(), as_of)

    def _roster_now(self) -> Roster:
        if self._roster is None:
            self._roster = Roster.of([(self.column[goal.number], goal.objective, goal.scale) for goal in self.order])
        return self._roster
