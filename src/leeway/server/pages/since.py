"""What changed since yesterday: definitions, alerts that began or ended, and where most of a budget went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from leeway.core.objective import DAY_S
from leeway.engine.catalog import STEP_S
from leeway.engine.charts import Spent
from leeway.engine.views import Status
from leeway.ports.alerts import Alert
from leeway.server.api import shapes
from leeway.server.engine_port import EnginePort

SHOWN = 5
SEARCHED = 1_000
"""The newest alerts, among which those of a day are looked for."""

MATTERS = 0.01
"""The share of a budget that a day must cost to be told."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A definition that was written, or deleted."""

    kind: str
    name: str
    at: datetime
    by: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """An objective that spent much of its budget in a day."""

    status: Status
    spent: Spent


@dataclass(frozen=True, slots=True)
class Changes:
    """The first few of each, and how many there are of definitions and alerts."""

    edited: Sequence[Edited]
    edits: int
    began: Sequence[Alert]
    ended: Sequence[Alert]
    moved: Sequence[Moved]


async def since_yesterday(engine: EnginePort, statuses: Sequence[Status]) -> Changes:
    """Of what whoever asks may see, in the 24 hours until the newest evaluation."""
    head = engine.health().head
    at = head - DAY_S
    written = (await engine.changes(at, inf))[::-1]
    alerts = await engine.alarm.alerts(None, up=False, limit=SEARCHED)
    spent = await engine.charts.spent({_key(one) for one in statuses}, (at - at % STEP_S, head))
    moved = [Moved(one, day) for one in statuses for day in spent.get(_key(one), ()) if day and _share(day) >= MATTERS]
    return Changes(
        [Edited(one.kind, one.name, shapes.moment(one.at), one.by, one.body is None) for one in written[:SHOWN]],
        len(written),
        [one for one in alerts if one.fired_at >= at],
        [one for one in alerts if one.resolved_at is not None and one.resolved_at >= at],
        sorted(moved, key=lambda one: -_share(one.spent))[:SHOWN],
    )


def _key(one: Status) -> tuple[str, str]:
    return one.slo, one.assessment.objective.name


def _share(day: Spent) -> float:
    return day.ratio or 0.0
