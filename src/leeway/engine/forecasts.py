"""Forecasts of all budgets: made anew each hour beside the evaluation, or when somebody asks, and kept in memory."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import structlog

from leeway.core.cells import Places
from leeway.core.forecast import History, Horizon, forecast, outlook, shares
from leeway.core.ledger import Ledger, layout_for
from leeway.core.ledger.grid import HOUR_S, HOURS
from leeway.core.objective import DAY_S, Method
from leeway.core.points import Floats, Ints
from leeway.core.tally import units
from leeway.core.window import Rolling, Span, Window
from leeway.engine.book import Book
from leeway.engine.goal import Goal
from leeway.engine.threads import whole
from leeway.engine.views import Foreseen
from leeway.errors import LeewayError
from leeway.ports.clock import Clock
from leeway.ports.points import PointStore

LOOK_S = 60.0
"""How often it is looked whether an hour has passed."""

ARRIVED_S = 15 * 60
"""An hour is part of the past when it has been over for so long: until then its data may be on the way."""

AHEAD_OF_ROLLING = 4
"""A rolling window has no end: it is forecast a quarter of its length ahead."""

REACHES = 2
"""The past goes back twice as far as ledgers do: what is older than theirs comes from the roll-up, if it is there."""

CELLS = 500_000
"""Services × hours that are worked on at once, 4 MB for each of a dozen arrays."""

NAMES = ("bad", "total", "covered")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shape:
    """What services share whose forecasts are made together: what lies ahead, and how much past there may be.

    `at` is the last whole hour of the past's end, from which on seconds are counted; `until` is the horizon.
    """

    at: int
    until: int
    horizon: Horizon
    window_steps: int
    days: int

    @classmethod
    def of(cls, window: Window, head: int) -> Shape | None:
        """None for windows under a day, and where less than an hour is left of a calendar window.

        Steps are whole hours, and those ahead are rounded down: nothing is said of the time after a window's end.
        """
        at, span = _hour(head), window.at(head)
        steps, days = span.length_s // HOUR_S, REACHES * layout_days(window)
        if steps < HOURS:
            return None
        if isinstance(window, Rolling):
            horizon = Horizon(steps, steps // AHEAD_OF_ROLLING, rolling=True)
            return cls(at, at + horizon.ahead * HOUR_S, horizon, steps, days)
        ahead = (span.end - max(at, span.start)) // HOUR_S
        if ahead < 1:
            return None
        return cls(at, span.end, Horizon(max(0, at - span.start) // HOUR_S, ahead), steps, days)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Services of one shape: the past of all makes the bands of each."""

    shape: Shape
    goals: tuple[Goal, ...]


class Forecasts:
    """Knows the newest forecast of every goal. What goes wrong is logged and leaves them unknown; nothing waits."""

    def __init__(self, points: PointStore, clock: Clock, standing: Callable[[], tuple[Sequence[Goal], Book]]) -> None:
        """`standing` gives the goals in force and the book that holds them."""
        self._points, self._clock, self._standing = points, clock, standing
        self._known: dict[int, tuple[int, Foreseen | None]] = {}
        self._working = asyncio.Lock()
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Makes them again and again, first when a start has long been over."""
        self._loop = asyncio.create_task(self._run(), name="forecast")

    async def close(self) -> None:
        """Ends the work."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)

    async def of(self, goal: Goal) -> Foreseen | None:
        """The forecast of one goal; if there is none of this hour, its fleet's are made now. None: unknown."""
        goals, book = self._standing()
        if not self._is_fresh(goal, book.head):
            for fleet in await asyncio.to_thread(fleets, goals, book.head):
                if goal in fleet.goals:
                    await self._make(fleet, book)
        return self._known.get(goal.number, (0, None))[1]

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(LOOK_S)
            try:
                await self._round()
            except Exception:  # the one worker loop: a fault of ours must not end forecasts for ever
                log.exception("forecasting failed in a way nobody foresaw")

    async def _round(self) -> None:
        goals, book = self._standing()
        for fleet in await asyncio.to_thread(fleets, goals, book.head):
            await self._make(fleet, book)
        numbers = {goal.number for goal in goals}
        self._known = {number: known for number, known in self._known.items() if number in numbers}

    async def _make(self, fleet: Fleet, book: Book) -> None:
        async with self._working:
            if all(self._is_fresh(goal, book.head) for goal in fleet.goals):
                return
            found: Sequence[Foreseen | None] = [None] * len(fleet.goals)
            try:
                found = await whole(lambda: foresee(fleet, book, self._points))
            except LeewayError as error:
                log.warning("no forecasts for this hour", error=str(error))
            except Exception:  # a fault of ours in what nobody needs for an alert must not stop anything
                log.exception("forecasting failed in a way nobody foresaw")
            for goal, one in zip(fleet.goals, found, strict=True):
                self._known[goal.number] = (fleet.shape.at, one)

    def _is_fresh(self, goal: Goal, head: int) -> bool:
        """Made from all hours that are over by now, and for a window that has not ended meanwhile."""
        made, one = self._known.get(goal.number, (None, None))
        return made == _hour(head) and (one is None or one.until > head)


def fleets(goals: Sequence[Goal], head: int) -> list[Fleet]:
    """Those of one shape together, in parts that are small enough to be worked on at once, by their numbers."""
    shapes = {window: Shape.of(window, head) for window in {goal.objective.window for goal in goals}}
    alike: defaultdict[Shape, list[Goal]] = defaultdict(list)
    for goal in sorted(goals, key=lambda goal: goal.number):
        shape = shapes[goal.objective.window]
        if shape is not None and goal.in_ledger:
            alike[shape].append(goal)
    return [
        Fleet(shape, tuple(theirs[len(theirs) * part // parts : len(theirs) * (part + 1) // parts]))
        for shape, theirs in alike.items()
        for parts in [-(-len(theirs) * shape.days * HOURS // CELLS)]
        for part in range(parts)
    ]


def foresee(fleet: Fleet, book: Book, points: PointStore) -> list[Foreseen]:
    """The forecasts of a fleet, in the order of its goals."""
    past = outlook(History.of(spent(fleet, book, points), HOUR_S), fleet.shape.horizon)
    shape = fleet.shape
    return [Foreseen(shape.at, shape.until, forecast(past, row)) for row in range(len(fleet.goals))]


def spent(fleet: Fleet, book: Book, points: PointStore) -> Floats:
    """(services, hours up to `at`): shares of a whole window's budget; NaN where an hour is not known.

    Hours from before anybody's birth are left out. Where slices are counted the budget is that of all slices of the
    window, as everywhere; a gap that the no-data policy fills is known.
    """
    goals, begin = fleet.goals, fleet.shape.at - fleet.shape.days * DAY_S
    bad, total, seen = (np.zeros((fleet.shape.days * HOURS, len(goals)), np.int64) for _ in range(3))
    column = {goal.number: place for place, goal in enumerate(goals)}
    oldest = fleet.shape.at
    for theirs, (start, sums) in book.look_up(goals, lambda ledger, columns, _: _held(ledger, columns, fleet.shape.at)):
        places, oldest = [column[goal.number] for goal in theirs], min(oldest, start)
        for amounts, amount in zip((bad, total, seen), sums, strict=True):
            amounts[-len(amount) :, places] = amount
    _roll_up(points, goals, Span(begin, max(begin, oldest)), (bad, total, seen))
    known = (seen > 0) | (total > 0)
    known = known[known.any(axis=1).argmax() :] if known.any() else known[-1:]
    quanta = [units(goal.objective.method, goal.scale) for goal in goals]
    slices = np.array([_slices(goal) for goal in goals])
    events = np.where(np.isnan(slices), total[-len(known) :] / [unit.total for unit in quanta], slices)
    return shares(
        np.where(known, bad[-len(known) :] / [unit.bad for unit in quanta], np.nan).T,
        np.where(known, events, np.nan).T,
        np.array([float(goal.objective.allowed_share) for goal in goals]),
        fleet.shape.window_steps,
    )


def layout_days(window: Window) -> int:
    """How many days a ledger holds as hours for such a window; the method does not matter."""
    return layout_for(Method.OCCURRENCES, window.longest_s).hour_days


def _hour(head: int) -> int:
    """The end of the newest hour whose data should be there."""
    return (head - ARRIVED_S) // HOUR_S * HOUR_S


def _slices(goal: Goal) -> float:
    """Slices of an hour; NaN where events are counted."""
    objective = goal.objective
    return float("nan") if objective.method.counts_events or not objective.slice_s else HOUR_S / objective.slice_s


def _held(ledger: Ledger, columns: Places, until: int) -> tuple[int, tuple[Ints, ...]]:
    """The oldest hour that a ledger holds, and what each hour from it to `until` added: bad, total, covered."""
    at = [ledger.sums(hour, columns) for hour in range(ledger.oldest, until + HOUR_S, HOUR_S)]
    added = [later - earlier for earlier, later in pairwise(at)]
    return ledger.oldest, tuple(np.stack([getattr(hour, name) for hour in added]) for name in NAMES)


def _roll_up(points: PointStore, goals: Sequence[Goal], span: Span, into: tuple[Ints, ...]) -> None:
    """Adds the hours before those of the ledgers, as they were when they left them."""
    numbers = np.array([goal.number for goal in goals])
    saved = points.hours(numbers.tolist(), span)
    order = np.argsort(numbers)
    at = saved.hour - span.start // HOUR_S, order[np.searchsorted(numbers[order], saved.objective)]
    for amounts, amount in zip(into, (saved.bad, saved.total, saved.covered), strict=True):
        amounts[at] = amount
