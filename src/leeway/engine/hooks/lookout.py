"""How everything stands: reads what `news` compares. The acting part."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from leeway.engine.hooks.news import NOTES, Present
from leeway.engine.views import SourceState, Status
from leeway.ports.alerts import Alert, AlertStore
from leeway.ports.clock import Clock
from leeway.ports.hooks import HookStore
from leeway.ports.state import Revision, StateStore
from leeway.spec.library import Library

NEWEST = 500
"""Alerts that are looked at beside those that are up."""


class Stores(StateStore, Protocol):
    """What is kept, on one ground."""

    @property
    def alerts(self) -> AlertStore:
        """Where alerts stand."""

    @property
    def hooks(self) -> HookStore:
        """Who subscribed."""


class Computed(Protocol):
    """What is computed and not kept."""

    async def statuses(self) -> tuple[Status, ...]:
        """Every objective."""

    def sources(self) -> tuple[SourceState, ...]:
        """How each is fed."""

    @property
    def library(self) -> Library:
        """The definitions in force."""


class Lookout:
    """Looks once when called."""

    def __init__(self, computed: Computed, stores: Stores, clock: Clock) -> None:
        self._computed, self._stores, self._clock = computed, stores, clock

    async def look(self, marks: Mapping[str, str]) -> Present:
        """What is computed, then what is kept."""
        statuses = await self._computed.statuses()
        sources = self._computed.sources()
        return await asyncio.to_thread(self._present, marks, statuses, sources)

    def _present(
        self, marks: Mapping[str, str], statuses: tuple[Status, ...], sources: tuple[SourceState, ...]
    ) -> Present:
        return Present(
            self._clock.now(),
            {(one.slo, one.assessment.objective.name): one.assessment.health.value for one in statuses},
            sources,
            self._alerts(marks),
            self._revisions(marks),
            self._stores.annotations.after(int(marks.get(NOTES, "0"))),
            self._computed.library.project,
        )

    def _alerts(self, marks: Mapping[str, str]) -> tuple[Alert, ...]:
        store = self._stores.alerts
        found = {one.key: one for one in (*store.alerts(limit=NEWEST), *store.alerts(up=True, limit=10_000))}
        marked = {name.removeprefix("alert:") for name in marks if name.startswith("alert:")}
        over = [store.alert(key) for key in sorted(marked - found.keys())]
        return (*found.values(), *(one for one in over if one is not None))

    def _revisions(self, marks: Mapping[str, str]) -> tuple[Revision, ...]:
        """Those that no mark knows."""
        known = {name: int(value.partition(" ")[0]) for name, value in marks.items() if name.startswith("document:")}
        new = {
            (kind, name): known.get(f"document:{kind}/{name}", 0)
            for (kind, name), number in self._stores.hooks.versions().items()
            if number > known.get(f"document:{kind}/{name}", 0)
        }
        if not marks:
            return tuple(one for one in self._stores.documents() if (one.kind, one.name) in new)
        return tuple(
            one for (kind, name), told in new.items() for one in self._stores.history(kind, name) if one.number > told
        )
