"""How sure a number is when bad events come in clusters: of one objective from its slices, of all by the hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from leeway.core.budget import Budget
from leeway.core.cells import Places
from leeway.core.ledger import Ledger
from leeway.core.ledger.grid import HOUR_S
from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Floats
from leeway.core.stats import Interval
from leeway.core.tally import units
from leeway.core.track import Track
from leeway.core.window import Span, Window
from leeway.engine.book import Book
from leeway.engine.goal import Goal


def clustering(objective: Objective, scale: int, track: Track, span: Span) -> tuple[float, float]:
    """Rho of the bad events of a span by days, and the share of all events that say something new: without clusters 1.

    Methods that count slices take each for an event.
    """
    from leeway.core.stats import clusters  # late: a server needs the functions behind it when somebody asks

    quanta, inside = units(objective.method, scale), slice(*np.searchsorted(track.start, (span.start, span.end)))
    day = track.start[inside] // DAY_S
    day = day - day[:1]  # slices ascend; of none, none
    added = ((track.bad, quanta.bad), (track.total, quanta.total))
    bad, total = (np.asarray(np.bincount(day, np.diff(sums)[inside] / unit), np.float64) for sums, unit in added)
    rho = clusters.overdispersion(bad, total).rho
    return rho, _new(total, rho)


def exact(budget: Budget, share: float) -> Interval | None:
    """The exact interval of an SLI of whose events this share says something new; None where nothing was seen.

    Where counts are in doubt, from the lower end of the least good to the upper end of the most.
    """
    from leeway.core.stats import clusters  # late, as above

    good, total = float(budget.good), float(budget.total)
    found = clusters.interval(good, total, total * share)
    if found is None or not budget.doubt:
        return found
    most = clusters.interval(good + float(budget.doubt), total, total * share)
    return found if most is None else replace(found, high=most.high)


class Sureness:
    """Knows of every objective how many of its window's events say something new; asked again each hour."""

    def __init__(self) -> None:
        self._known: dict[int, float] = {}
        self._made: tuple[int, tuple[int, ...]] | None = None

    def renew(self, goals: Sequence[Goal], book: Book) -> None:
        """Looks at the days of all windows again if an hour has passed, or definitions changed."""
        made = (book.head // HOUR_S, tuple(goal.number for goal in goals))
        if made == self._made:
            return
        alike: defaultdict[Window, list[Goal]] = defaultdict(list)
        for goal in goals:
            if goal.in_ledger:
                alike[goal.objective.window].append(goal)
        self._known = {}
        for window, theirs in alike.items():
            for held, shares in book.look_up(theirs, partial(_new_shares, Span(window.at(book.head).start, book.head))):
                self._known |= {goal.number: float(share) for goal, share in zip(held, shares, strict=True)}
        self._made = made

    def interval(self, goal: Goal, budget: Budget) -> Interval | None:
        """The exact interval of its SLI."""
        return exact(budget, self._known.get(goal.number, 1.0))


def _new_shares(span: Span, ledger: Ledger, columns: Places, goals: list[Goal]) -> Floats:
    """Of each goal, the share of its events that say something new, by the days of the span."""
    from leeway.core.stats import clusters  # late, as above

    begin = min(max(-(-span.start // HOUR_S) * HOUR_S, ledger.oldest), span.end)
    edges = [begin, *range((begin // DAY_S + 1) * DAY_S, span.end, DAY_S), span.end]
    sums = [ledger.sums(edge, columns) for edge in edges]
    quanta = [units(goal.objective.method, goal.scale) for goal in goals]
    bad = np.diff([each.bad for each in sums], axis=0) / [unit.bad for unit in quanta]
    total = np.diff([each.total for each in sums], axis=0) / [unit.total for unit in quanta]
    rho, _ = clusters.overdispersions(bad, total)
    return np.array([_new(days, each) for days, each in zip(total.T, rho.tolist(), strict=True)])


def _new(days: Floats, rho: float) -> float:
    from leeway.core.stats import clusters  # late, as above

    return clusters.pooled(days, rho) / float(days.sum()) if rho > 0 else 1.0
