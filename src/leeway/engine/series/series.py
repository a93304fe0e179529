"""Asks of series: what an expression gives at one moment or at many, and which series there are."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from leeway.core.assess import Assessment
from leeway.core.points import Floats, Ints
from leeway.engine.catalog import STEP_S, Catalog
from leeway.engine.goal import Goal
from leeway.engine.series.evaluate import Flags, Unanswerable, Vector, evaluate
from leeway.engine.series.language import Expression, Matcher, Selector, parse, selectors_of
from leeway.engine.series.line import NAME, Labels, Line, fits, labels_of
from leeway.engine.series.names import ALERT_UP, FAMILIES
from leeway.engine.series.past import SINGLY, known
from leeway.engine.views import Status
from leeway.ports.alerts import Alert
from leeway.ports.points import PointStore

LOOKBACK_S = 300
"""So long after the newest minute its values stand, as Prometheus has it."""

MOST_VALUES = 20_000_000
"""So many values one question may need at once."""

MOST_ALERTS = 100_000
ANY = Selector(())


class ReadAlerts(Protocol):
    """As engine.alerts.Alarm reads them."""

    def __call__(self, slo: str | None, *, up: bool, limit: int) -> Awaitable[tuple[Alert, ...]]:
        """The newest first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Series, or a number for each moment (`lines` None); `warnings` tell what had to be left out."""

    at: Floats
    lines: Vector | None
    numbers: Floats
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What stands while one question is answered."""

    goals: tuple[Goal, ...]
    head: int
    now: dict[tuple[str, str], Assessment]
    services: dict[str, str]
    alerts: tuple[Alert, ...]


class Series:
    """The series of all objectives and alerts, of the definitions of today, as known now."""

    def __init__(
        self,
        points: PointStore,
        alerts: ReadAlerts,
        statuses: Callable[[], Awaitable[tuple[Status, ...]]],
        standing: Callable[[], tuple[Catalog, int]],
    ) -> None:
        self._points, self._alerts, self._statuses, self._standing = points, alerts, statuses, standing

    def seen(self, sees: Callable[[str], bool]) -> Series:
        """The series of some SLOs, as if there were no others."""

        async def alerts(slo: str | None, *, up: bool, limit: int) -> tuple[Alert, ...]:
            return tuple(one for one in await self._alerts(slo, up=up, limit=limit) if sees(one.slo))

        def standing() -> tuple[Catalog, int]:
            catalog, head = self._standing()
            return replace(catalog, goals=tuple(goal for goal in catalog.goals if sees(goal.slo))), head

        return Series(self._points, alerts, self._statuses, standing)

    async def ask(self, text: str, at: Sequence[float]) -> Answer:
        """What the expression gives at these moments, in ascending order. Raises Misasked and Unanswerable."""
        expression = parse(text)
        ground = await self._ground(selectors_of(expression))
        return await asyncio.to_thread(self._answer, expression, np.array(at, np.float64), ground)

    async def labels(self, selectors: Sequence[Selector], start: float, end: float) -> tuple[Labels, ...]:
        """The labels of all series that any of the selectors names, in order; all without one.

        Series of alerts are those that were up between the two times.
        """
        wanted = selectors or (ANY,)
        ground = await self._ground(wanted)
        return await asyncio.to_thread(_chosen, ground, wanted, start, end)

    async def _ground(self, selectors: Sequence[Selector]) -> _Ground:
        """`alerts` are read only if a selector may be about them: there may be many."""
        statuses = await self._statuses()
        about = any(all(each.matches(ALERT_UP[0]) for each in _of_name(one.matchers)) for one in selectors)
        alerts = await self._alerts(None, up=False, limit=MOST_ALERTS) if about else ()
        catalog, head = self._standing()
        now = {(one.slo, one.assessment.objective.name): one.assessment for one in statuses}
        return _Ground(catalog.goals, head, now, {goal.slo: goal.service for goal in catalog.goals}, alerts)

    def _answer(self, expression: Expression, at: Floats, ground: _Ground) -> Answer:
        asked = _Asked(ground, self._points)
        found = evaluate(expression, at, lambda selector: asked.select(selector, at))
        if isinstance(found, tuple):
            return Answer(at, found, np.empty(0), tuple(dict.fromkeys(asked.warnings)))
        return Answer(at, None, found, ())


class _Asked:
    """One question, and what had to be left out of its answer."""

    def __init__(self, ground: _Ground, points: PointStore) -> None:
        self._ground, self._points = ground, points
        self._extent = points.extent()
        self.warnings: list[str] = []

    def select(self, selector: Selector, at: Floats) -> Vector:
        """The lines of these series; a moment's value is that of the last whole minute."""
        moments = np.clip(at - selector.offset_s, -1e12, 1e12)
        here = moments <= self._ground.head + LOOKBACK_S
        steps = (np.minimum(moments, self._ground.head) // STEP_S * STEP_S).astype(np.int64)
        lines = list(self._of_alerts(selector.matchers, steps, here))
        wanted = [
            (goal, chosen)
            for goal in self._ground.goals
            if (chosen := [one for one in _candidates(goal, selector.matchers) if fits(one[2], selector.matchers)])
        ]
        if sum(len(chosen) for _, chosen in wanted) * len(at) > MOST_VALUES:
            raise Unanswerable("query processing would load too many samples into memory in query execution")
        for goal, chosen in wanted:
            lines += self._of_goal(goal, chosen, steps, here)
        return tuple(sorted((one for one in lines if one.here.any()), key=lambda one: one.labels))

    def _of_goal(self, goal: Goal, chosen: list[tuple[str, str, Labels]], steps: Ints, here: Flags) -> Iterator[Line]:
        shown = self._ground.now.get((goal.slo, goal.objective.name))
        head = self._ground.head if shown is None else shown.as_of
        moments, back = np.unique(np.minimum(steps, head), return_inverse=True)
        names = {name for name, _, _ in chosen}
        families = [family for family in FAMILIES if family.name in names]
        if shown is not None and len(moments) == 1 and int(moments[0]) == head:
            told = {(family.name, value): each for family in families for value, each in family.of(shown)}
            for family, value, labels in chosen:
                if (family, value) in told:
                    yield Line(labels, np.full(len(steps), told[family, value]), here)
            return
        found = known(goal, self._points, self._extent.get(goal.series), head, moments, families)
        if found is None:
            self.warnings.append(
                f"{goal.slo}: slices of a day or longer are worked out for at most {SINGLY} moments; ask for fewer"
            )
            return
        for family, value, labels in chosen:
            values = found[family, value][back]
            yield Line(labels, values, here & ~np.isnan(values))

    def _of_alerts(self, matchers: Sequence[Matcher], steps: Ints, here: Flags) -> Iterator[Line]:
        up: dict[Labels, Flags] = {}
        for alert in self._ground.alerts:
            during = (steps >= alert.fired_at) & (steps < (alert.resolved_at or math.inf))
            labels = _alert_labels(alert, self._ground)
            if during.any() and fits(labels, matchers):
                up[labels] = up.get(labels, np.zeros(len(steps), np.bool_)) | during
        for labels, during in up.items():
            yield Line(labels, np.ones(len(steps)), during & here)


def _chosen(ground: _Ground, selectors: Sequence[Selector], start: float, end: float) -> tuple[Labels, ...]:
    shown = [one for one in ground.alerts if one.fired_at <= end and (one.resolved_at or math.inf) >= start]
    found = {
        labels for one in shown if any(fits(labels := _alert_labels(one, ground), each.matchers) for each in selectors)
    }
    for each in selectors:
        every = (labels for goal in ground.goals for _, _, labels in _candidates(goal, each.matchers))
        found.update(labels for labels in every if fits(labels, each.matchers))
    return tuple(sorted(found))


def _candidates(goal: Goal, matchers: Iterable[Matcher] = ()) -> Iterator[tuple[str, str, Labels]]:
    """Family, value of its own label, and labels of each series of an objective whose name may match."""
    named = _of_name(matchers)
    for family in FAMILIES:
        if all(one.matches(family.name) for one in named):
            own = (NAME, family.name), ("service", goal.service), ("slo", goal.slo), ("objective", goal.objective.name)
            for value in family.values:
                yield family.name, value, labels_of((*own, (family.label, value)))


def _of_name(matchers: Iterable[Matcher]) -> list[Matcher]:
    return [one for one in matchers if one.label == NAME]


def _alert_labels(alert: Alert, ground: _Ground) -> Labels:
    own = (NAME, ALERT_UP[0]), ("service", ground.services.get(alert.slo, "")), ("slo", alert.slo)
    of_policy = ("policy", alert.policy), ("severity", alert.severity.value)
    return labels_of((*own, ("objective", alert.objective), *of_policy))
