"""What a report tells: each objective at the end of a span against its start, what burned, and who was called."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from leeway.client.documents import Assessment, Status
from leeway.client.figures import moment
from leeway.client.spending import Burn
from leeway.core.window import Span
from leeway.ports.alerts import Alert
from leeway.ports.state import Revision
from leeway.server.api import shapes
from leeway.server.api.spending import burn
from leeway.server.engine_port import EnginePort
from leeway.server.pages.rows import Rows
from leeway.server.pages.spans import Reported
from leeway.spec.cells import as_cell

BURNS = 10
"""The costliest that a report has."""

CHANGES = 50
"""The newest changes of definitions that a report has."""

Labels = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By SLO."""

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
class Changed:
    """A definition that somebody made, changed or deleted."""

    at: datetime
    kind: str
    name: str
    what: str
    by: str


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
    changes: tuple[Changed, ...]
    more_changes: int
    labels: Labels


async def report(engine: EnginePort, span: Reported, known: Rows) -> Report:
    """With what is known now."""
    begin, end = int(span.start.timestamp()), int(span.end.timestamp())
    until = min(end, engine.health().head)
    found = await engine.alarm.alerts(None, up=False, limit=ALERTS)
    fired = [one for one in found if begin <= one.fired_at < end]
    of = defaultdict[tuple[str, str], list[Alert]](list)
    for alert in fired:
        of[alert.slo, alert.objective].append(alert)
    statuses = {(one.slo, one.objective): one for one in known.documents(await engine.statuses(behind=True))}
    rows, costs = [], []
    for one in await engine.charts.over(statuses.keys(), Span(begin, until), ended=until == end):
        status = statuses[one.goal.slo, one.goal.objective.name]
        at_end, at_start = (shapes.assessment(status.slo, each) for each in (one.end, one.start))
        rows.append(Row(status, at_end, at_start, called(of[status.slo, status.objective])))
        if at_end.state != "no_data":
            burns = (burn(each, one.ledger.budget) for each in one.ledger.burns)
            costs += [Cost(status, each) for each in burns if each.end is None or each.end.timestamp() > begin]
    rows.sort(key=lambda one: (one.status.service, one.status.slo))
    costs.sort(key=lambda one: (-(one.burn.ratio or 0), one.burn.start))
    changes = [_changed(one) for one in await engine.changes(begin, end)]
    labels = {slo.metadata.name: slo.metadata.labels for slo in engine.library.slos}
    seen_from = found[-1].fired_at if len(found) == ALERTS and found[-1].fired_at > begin else None
    return Report(
        span,
        shapes.moment(until),
        until < end,
        tuple(rows),
        tuple(costs[:BURNS]),
        called(fired),
        shapes.moment(seen_from),
        tuple(changes[: -CHANGES - 1 : -1]),
        max(0, len(changes) - CHANGES),
        labels,
    )


def _changed(one: Revision) -> Changed:
    what = "deleted" if one.body is None else "new" if one.number == 1 else "changed"
    return Changed(shapes.moment(one.at), one.kind, one.name, what, one.by)


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
