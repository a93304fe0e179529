"""Objectives with a made-up past: definitions, and ledgers full of it, as the engine would hold them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from leeway.core.ledger import Layout, layout_for
from leeway.core.ledger.grid import HOUR_S, MINUTE_DAYS, MINUTE_S, MINUTES
from leeway.core.objective import DAY_S, Method, Objective
from leeway.core.points import Ints
from leeway.core.quality import Kind
from leeway.core.tally import units
from leeway.core.window import Rolling, Span
from leeway.engine.book.increments import Increments
from leeway.engine.book.shelf import WIDTHS, Shelf, width_for
from leeway.engine.goal import Goal, scale_of

NOW = 20_500 * DAY_S + 13 * HOUR_S + 7 * MINUTE_S
"""Inside an hour, so that the far edge of a window lies inside one too."""

WINDOW_S = 30 * DAY_S
DAYS = 35
MIXED = tuple(Method)


def goal(number: int, method: Method) -> Goal:
    """99.9 % in 30 rolling days; slices of a minute where the method has slices."""
    slice_s = None if method is Method.OCCURRENCES else 60
    judged = method in (Method.TIMESLICES, Method.TRAFFIC_WEIGHTED_TIMESLICES)
    objective = Objective(
        "main", method, Fraction(999, 1000), Rolling(WINDOW_S), slice_s, Fraction(9, 10) if judged else None
    )
    return Goal(number, f"slo {number}", "bench", objective, number, Kind.COUNTS, scale_of(Kind.COUNTS))


@dataclass(frozen=True, slots=True)
class Past:
    """What every minute of a day adds for many columns; each day sees it one column further to the right."""

    bad: Ints
    total: Ints

    @classmethod
    def of(cls, method: Method, width: int) -> Past:
        """Events, or slices: whole quanta of the method."""
        dice, quanta = np.random.default_rng(7), units(method, scale_of(Kind.COUNTS))
        shape = (MINUTES, width + DAYS)
        total = dice.integers(1, 500 if method.counts_events else 2, shape, np.int64)
        bad = np.where(dice.random(shape, np.float32) < 0.01, 1, 0)
        return cls(bad * quanta.bad, total * quanta.total)

    def day(self, midnight: int, width: int) -> Increments:
        """The minutes of one day."""
        first = midnight // DAY_S % DAYS
        bad, total = self.bad[:, first : first + width], self.total[:, first : first + width]
        return Increments(bad, total, np.ones_like(total))

    def tally(self, column: int, span: Span) -> tuple[int, int]:
        """Bad and total of one column over a span, summed up minute by minute."""
        bad = total = 0
        for midnight in range(span.start - span.start % DAY_S, span.end, DAY_S):
            day = self.day(midnight, column + 1)
            first, last = ((max(min(t - midnight, DAY_S), 0)) // MINUTE_S for t in (span.start, span.end))
            bad += int(day.bad[first:last, column].sum())
            total += int(day.total[first:last, column].sum())
        return bad, total


def shelves(methods: tuple[Method, ...], count: int) -> list[tuple[Shelf, Past]]:
    """Ledgers for `count` objectives of these methods in turn, in the widths in which a Book makes them."""
    layouts: defaultdict[Layout, list[Goal]] = defaultdict(list)
    for number in range(count):
        method = methods[number % len(methods)]
        layouts[layout_for(method, WINDOW_S)].append(goal(number, method))
    made: list[tuple[Shelf, Past]] = []
    for layout, goals in layouts.items():
        past = Past.of(goals[0].objective.method, min(WIDTHS[-1], len(goals)))
        while goals:
            shelf = Shelf(layout, NOW, width_for(len(goals)))
            for one in goals[: shelf.ledger.width]:
                shelf.add(one)
            del goals[: shelf.ledger.width]
            _fill(shelf, past)
            made.append((shelf, past))
    return made


def _fill(shelf: Shelf, past: Past) -> None:
    count, ledger = len(shelf.goals), shelf.ledger
    columns = slice(0, count)
    first_minutes = NOW - NOW % DAY_S - (MINUTE_DAYS - 1) * DAY_S
    for midnight in range(ledger.begin, NOW, DAY_S):
        added = past.day(midnight, count)
        if midnight < first_minutes:
            ledger.put_hours(midnight, columns, *added.per_hour().arrays)
        else:
            ledger.put_day(midnight, columns, *added.arrays)
    edge = NOW - WINDOW_S
    hour = edge - edge % HOUR_S
    rows = slice(edge % DAY_S // HOUR_S * 60, edge % DAY_S // HOUR_S * 60 + 60)
    day = past.day(edge - edge % DAY_S, count)
    shelf.lend(hour, Increments(day.bad[rows], day.total[rows], day.covered[rows]))
