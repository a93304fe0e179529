"""The past of one objective, worked out for who looks at it: charts now, and what else pages draw."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from copy import copy
from dataclasses import replace
from typing import Protocol

from leeway.core.alerting.silence import Silence
from leeway.core.ledger.grid import HOUR_S
from leeway.core.objective import DAY_S
from leeway.core.window import Span
from leeway.engine.alerts.watch import Watched
from leeway.engine.book import Book
from leeway.engine.catalog import STEP_S, Catalog
from leeway.engine.charts import calendar, chart, fleet
from leeway.engine.charts import ledger as budget_ledger
from leeway.engine.charts.calendar import Cell, Day
from leeway.engine.charts.chart import Chart
from leeway.engine.charts.curves import Wanted, curves
from leeway.engine.charts.data import Data, data
from leeway.engine.charts.ledger import Ledger
from leeway.engine.charts.over import Over, over
from leeway.engine.charts.targets import Trials, Tried, WhatIf
from leeway.engine.goal import Goal
from leeway.engine.quarantine import Quarantine
from leeway.engine.views import Foreseen
from leeway.ports.alerts import Alert
from leeway.ports.annotations import AnnotationStore
from leeway.ports.points import PointStore

WEEKS = 13
"""A heat map of the week is made of so many."""

MOST_DAYS = 400
MOST_ALERTS = 10_000
"""The newest of an SLO, among which those of a span are looked for."""


class Silences(Protocol):
    """As engine.alerts has them."""

    async def silences(self, *, over: bool = False) -> tuple[Silence, ...]:
        """The newest first."""


class Alarm(Protocol):
    """What is asked of alerts."""

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Every objective with the policies in force on it."""

    @property
    def silences(self) -> Silences:
        """What keeps alerts from people for a time."""

    async def alerts(self, slo: str | None, *, up: bool, limit: int) -> tuple[Alert, ...]:
        """The newest first."""


class Charts:
    """`standing` gives the definitions in force and the book of their ledgers; `as_of` the end of a goal's data."""

    def __init__(
        self,
        points: PointStore,
        alarm: Alarm,
        annotations: AnnotationStore,
        foreseen: Callable[[Goal], Awaitable[Foreseen | None]],
        standing: Callable[[], tuple[Catalog, Book]],
        as_of: Callable[[Goal], int],
        set_aside: Quarantine,
    ) -> None:
        self._points, self._alarm, self._annotations = points, alarm, annotations
        self._trials, self._set_aside = Trials(points), set_aside
        self._foreseen, self._standing, self._as_of = foreseen, standing, as_of
        self._ensure_seen: Callable[[str], None] = lambda slo: None  # noqa: ARG005 - whose name it is matters to others

    def seen(self, ensure: Callable[[str], None]) -> Charts:
        """The same for who may see a part: `ensure` raises for an SLO that is not in it."""
        theirs = copy(self)
        theirs._ensure_seen = ensure  # noqa: SLF001 - its own kind
        return theirs

    async def chart(self, slo: str, objective: str | None, wanted: Wanted) -> Chart:
        """Curves with what belongs beside them. Raises NotFound, and Invalid for what cannot be told."""
        goal = self._goal(slo, objective)
        drawn = await asyncio.to_thread(curves, goal, self._points, self._as_of(goal), wanted)
        watched = self._watched(goal)
        return Chart(
            goal,
            drawn,
            chart.thresholds(watched),
            chart.ahead(await self._foreseen(goal)),
            chart.of_time(await self._alerts(goal), goal, drawn.span),
            chart.about(await self._alarm.silences.silences(over=True), watched, drawn.span),
            await asyncio.to_thread(self._annotations.annotations, slo, drawn.span.start, drawn.span.end + 1),
        )

    async def ledger(self, slo: str, objective: str | None, as_of: int | None) -> Ledger:
        """Where the budget went, burn by burn. Raises NotFound."""
        goal = self._goal(slo, objective)
        head = self._as_of(goal)
        at = head if as_of is None else min(head, as_of - as_of % STEP_S)
        found = await asyncio.to_thread(budget_ledger.ledger, goal, self._points, at)
        start, end = found.window.start, at + 1
        written = await asyncio.to_thread(self._annotations.annotations, slo, start, end)
        return budget_ledger.told(found, await self._alerts(goal), written)

    async def over(self, wanted: Collection[tuple[str, str]], span: Span, *, ended: bool) -> list[Over]:
        """Of the objectives that are wanted, by SLO and name, what a span did to each; see `over`. Raises NotFound."""
        self._ensure_all(wanted)
        goals = [goal for goal in self._standing()[0].goals if (goal.slo, goal.objective.name) in wanted]
        alerts: defaultdict[str, list[Alert]] = defaultdict(list)
        for one in await self._alarm.alerts(None, up=False, limit=MOST_ALERTS):
            alerts[one.slo].append(one)
        found = []
        for goal in goals:  # one at a time, so that a fleet does not stop the server
            told = await asyncio.to_thread(over, goal, self._points, span, ended=ended)
            start, end = told.ledger.window.start, told.ledger.as_of + 1
            written = await asyncio.to_thread(self._annotations.annotations, goal.slo, start, end)
            found.append(replace(told, ledger=budget_ledger.told(told.ledger, alerts[goal.slo], written)))
        return found

    async def days(self, slo: str, objective: str | None, zone: str | None) -> tuple[Goal, str, tuple[Day, ...]]:
        """What each of the last days spent, in which zone. Raises NotFound, and Invalid for a zone that is none."""
        goal = self._goal(slo, objective)
        name, book = calendar.zone_of(goal, zone), self._standing()[1]
        return goal, name, await asyncio.to_thread(calendar.days, goal, book, self._points, self._as_of(goal), name)

    async def spent(
        self, wanted: Collection[tuple[str, str]], edges: Sequence[int]
    ) -> dict[tuple[str, str], fleet.Spans]:
        """By SLO and objective, of those that are wanted, what was spent from each edge to the next; see `fleet`."""
        self._ensure_all(wanted)
        catalog, book = self._standing()
        goals = [goal for goal in catalog.goals if (goal.slo, goal.objective.name) in wanted]
        found = await asyncio.to_thread(fleet.spent, goals, book, edges)
        return {(goal.slo, goal.objective.name): found[goal.number] for goal in goals if goal.number in found}

    async def week(
        self, slo: str, objective: str | None, zone: str | None, start: int | None, end: int | None
    ) -> tuple[Goal, str, Span, tuple[Cell, ...]]:
        """What each hour of the week spent over a span, else the last WEEKS weeks. Raises as `days`."""
        goal = self._goal(slo, objective)
        name, (_, book), head = calendar.zone_of(goal, zone), self._standing(), self._as_of(goal)
        until = head if end is None else min(head, end - end % STEP_S)
        begin = until - WEEKS * 7 * DAY_S if start is None else max(start, until - MOST_DAYS * DAY_S)
        span = Span(min(until, begin) // HOUR_S * HOUR_S, until)
        fired = [one for one in await self._alerts(goal) if one.objective == goal.objective.name]
        return goal, name, span, await asyncio.to_thread(calendar.week, goal, book, self._points, span, name, fired)

    async def data(
        self, slo: str, objective: str | None, start: int | None, end: int | None, newest: int
    ) -> tuple[Goal, Data]:
        """How good the data is, over its window or a span of MOST_DAYS at most. Raises NotFound."""
        goal, (_, book) = self._goal(slo, objective), self._standing()
        head = self._as_of(goal)
        until = head if end is None else min(head, end - end % STEP_S)
        begin = goal.objective.window.at(until).start if start is None else start
        span = Span(min(until, max(begin, until - MOST_DAYS * DAY_S)), until)
        aside = self._set_aside.of(goal.series)
        return goal, await asyncio.to_thread(data, goal, book, self._points, aside, span, head, newest)

    async def what_if(self, slo: str, objective: str | None, asked: WhatIf) -> Tried:
        """What other targets would have meant. Raises NotFound, and Invalid for what cannot be tried."""
        goal = self._goal(slo, objective)
        return await asyncio.to_thread(self._trials.tried, goal, self._as_of(goal), self._standing()[1].edition, asked)

    def _ensure_all(self, wanted: Iterable[tuple[str, str]]) -> None:
        for slo in {slo for slo, _ in wanted}:
            self._ensure_seen(slo)

    def _goal(self, slo: str, objective: str | None) -> Goal:
        self._ensure_seen(slo)
        return self._standing()[0].goal(slo, objective)

    def _watched(self, goal: Goal) -> Watched:
        return next((one for one in self._alarm.watched if one.goal.number == goal.number), Watched(goal, ()))

    async def _alerts(self, goal: Goal) -> Sequence[Alert]:
        return await self._alarm.alerts(goal.slo, up=False, limit=MOST_ALERTS)
