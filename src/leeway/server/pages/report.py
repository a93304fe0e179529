"""What a report tells: each objective at the end of a span against its start, what burned, and who was called."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from leeway.client.documents import Assessment, Status
from leeway.client.figures import moment
from leeway.client.spending import Burn
from leeway.core.objective import DAY_S
from leeway.engine.catalog import STEP_S
from leeway.ports.alerts import Alert
from leeway.server.api import shapes
from leeway.server.api.spending import burn
from leeway.server.engine_port import EnginePort
from leeway.server.pages.spans import Reported
from leeway.spec.cells import as_cell

BURNS = 10
"""The costliest that a report has."""

ALERTS = 10_000
"""The newest that are looked at."""

COLUMNS = (
    "service",
    "slo",
    "objective",
    "target",
    "state_at_start",
    "state_at_end",
    "sli",
    "unit",
    "allowed",
    "consumed",
    "consumed_ratio",
    "remaining_ratio",
    "coverage",
    "pages",
    "tickets",
    "kept",
    "window_start",
    "as_of",
)
"""Of the table."""


@dataclass(frozen=True, slots=True)
class Called:
    """Alerts that fired in a span: pages and tickets that people were sent, and what was kept from them."""

    pages: int
    tickets: int
    kept: int


@dataclass(frozen=True, slots=True)
class Row:
    """One objective: now, at the end of the span, and before it."""

    status: Status
    end: Assessment
    start: Assessment
    called: Called


@dataclass(frozen=True, slots=True)
class Cost:
    """A burn and whose it is."""

    status: Status
    burn: Burn


@dataclass(frozen=True, slots=True)
class Report:
    """All objectives, by service, SLO and name. `until` is where a span that still runs ends for now.

    `alerts_from`: earlier alerts than that were not looked at; None if all were.
    """

    span: Reported
    until: datetime
    running: bool
    rows: tuple[Row, ...]
    burns: tuple[Cost, ...]
    called: Called
    alerts_from: datetime | None


async def report(engine: EnginePort, span: Reported) -> Report:
    """With what is known now. Each SLO is read by its own, so that a fleet does not stop the server."""
    begin, end = int(span.start.timestamp()), int(span.end.timestamp())
    until = min(end, engine.health().head)
    found = await engine.alarm.alerts(None, up=False, limit=ALERTS)
    fired = [one for one in found if begin <= one.fired_at < end]
    rows, costs = [], []
    for status in [shapes.status(one) for one in await engine.statuses()]:
        at_end, at_start = await _at(engine, status, until, over=until == end), await _at(engine, status, begin)
        rows.append(Row(status, at_end, at_start, called(_of(fired, status))))
        if at_end.state != "no_data":
            ledger = await engine.charts.ledger(status.slo, status.objective, int(at_end.as_of.timestamp()))
            told = [burn(one, ledger.budget) for one in ledger.burns if one.end is None or one.end > begin]
            costs += [Cost(status, one) for one in told]
    rows.sort(key=lambda one: (one.status.service, one.status.slo))
    costs.sort(key=lambda one: (-(one.burn.ratio or 0), one.burn.start))
    seen_from = found[-1].fired_at if len(found) == ALERTS and found[-1].fired_at > begin else None
    return Report(
        span,
        shapes.moment(until),
        until < end,
        tuple(rows),
        tuple(costs[:BURNS]),
        called(fired),
        shapes.moment(seen_from),
    )


def called(alerts: Iterable[Alert]) -> Called:
    """How many were sent to people, and how many were not."""
    found = Counter(one.severity.value if one.sent_at is not None else "kept" for one in alerts)
    return Called(found["page"], found["ticket"], found["kept"])


def table(of: Report) -> str:
    """The rows as CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(COLUMNS)
    for one in of.rows:
        end, budget = one.end, one.end.budget
        words = (one.status.service, one.status.slo, one.status.objective)
        write.writerow(
            [
                *map(as_cell, words),
                end.target,
                one.start.state,
                end.state,
                _number(end.sli),
                budget.unit,
                budget.allowed,
                budget.consumed,
                _number(budget.consumed_ratio),
                _number(budget.remaining_ratio),
                _number(end.coverage),
                one.called.pages,
                one.called.tickets,
                one.called.kept,
                moment(end.window.start),
                moment(end.as_of),
            ]
        )
    return out.getvalue()


def _number(value: float | None) -> float | str:
    return "" if value is None else value


async def _at(engine: EnginePort, status: Status, time: int, *, over: bool = True) -> Assessment:
    """At a time; where a span is `over`, a calendar window is the period that ended with it, in whatever zone.

    The one that begins then would say nothing of the span. That is one step before its end, the last that it holds.
    """
    if status.window.type != "calendar" or not over:
        return await _assessed(engine, status, time)
    found = await _assessed(engine, status, time - STEP_S)
    began = int(found.window.start.timestamp())
    return await _assessed(engine, status, began - STEP_S) if time - began < DAY_S else found


async def _assessed(engine: EnginePort, status: Status, as_of: int) -> Assessment:
    found = await engine.budget(status.slo, as_of=as_of, known_at=None)
    return next(shapes.assessment(status.slo, one) for one in found if one.objective.name == status.objective)


def _of(alerts: Sequence[Alert], status: Status) -> list[Alert]:
    return [one for one in alerts if (one.slo, one.objective) == (status.slo, status.objective)]
