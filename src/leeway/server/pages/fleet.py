"""The fleet by day: a row for each objective, a cell for what each day spent of its budget."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from leeway.client.documents import State
from leeway.engine.charts import Spans
from leeway.engine.views import Status
from leeway.server.api.lists import page
from leeway.server.api.wanted import ORDERS
from leeway.server.engine_port import EnginePort
from leeway.server.pages import heat, views
from leeway.server.pages.frame import Pages
from leeway.server.pages.picked import SORT, Picked

DAYS = 28
MOST_ROWS = 250
ROWS = 100


@dataclass(frozen=True, slots=True)
class Row:
    """An objective and its days; without any where no ledger holds it."""

    slo: str
    part: str
    address: str
    state: str
    cells: tuple[heat.Cell | None, ...]


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/fleet`, with the filters and orders of the list."""

    @router.get("/fleet")
    async def fleet(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        state: State | None = None,
        service: Annotated[str, Query(max_length=200)] = "",
        label: Annotated[str, Query(max_length=500)] = "",
        sort: Annotated[str, Query(max_length=40)] = SORT,
        rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = ROWS,
        after: Annotated[str, Query(max_length=2_000)] = "",
        owner: Annotated[str, Query(max_length=200)] = "",
        project: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        picked = Picked(q, state, service, label, sort, rows=rows, after=after, owner=owner, project=project)
        statuses = await engine.statuses(behind=True)
        found = [one for one in statuses if picked.wanted.has(one)]
        listed, more = page(found, ORDERS, sort, rows, after or None)
        days = [made.today() - timedelta(days=ago) for ago in reversed(range(DAYS))]
        edges = [int(datetime.combine(day, time(), UTC).timestamp()) for day in (*days, days[-1] + timedelta(days=1))]
        spent = await engine.charts.spent({(one.slo, one.assessment.objective.name) for one in listed}, edges)
        several = views.of_several(one.slo for one in statuses)
        return await asyncio.to_thread(
            made.show,
            request,
            "fleet.html",
            picked=picked,
            found=len(found),
            everything=len(statuses),
            days=days,
            rows=_rows(listed, spent, days, several),
            more=more,
            steps=heat.HOUR_STEPS,
        )


def _rows(
    listed: Sequence[Status], spent: Mapping[tuple[str, str], Spans], days: Sequence[date], several: frozenset[str]
) -> list[Row]:
    rows = []
    for one in listed:
        name = one.assessment.objective.name
        part = name if one.slo in several else ""
        address = views.address(one.slo, part)
        spans = spent.get((one.slo, name))
        cells = heat.fleet(spans, days, address) if spans is not None else ()
        rows.append(Row(one.slo, part, address, one.assessment.health.value, cells))
    return rows
