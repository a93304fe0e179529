"""The first page: what needs a person now, how everything is, and what changed since yesterday."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from leeway.server.api import shapes
from leeway.server.api.silences import alerts_shown
from leeway.server.engine_port import EnginePort
from leeway.server.pages import views
from leeway.server.pages.frame import PANEL_REFRESH_S, REFRESH_S, Pages
from leeway.server.pages.since import since_yesterday
from leeway.server.pages.tiles import MOST_TILES, By, groups, tiles

UP_AT_MOST = 10_000
MOST_NEEDS = 50


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/`, with what its tiles show and are grouped by in the address."""

    @router.get("/")
    async def overview(
        request: Request,
        by: By = "budget",
        group: Annotated[str, Query(max_length=200)] = "service",
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        statuses = await engine.statuses(behind=True)
        needs = views.needs(statuses, await alerts_shown(engine, None, up=True, limit=UP_AT_MOST))
        drawn = tiles(statuses, group, by)
        document = made.rows.document
        return await asyncio.to_thread(
            made.show,
            request,
            "overview.html",
            refresh=PANEL_REFRESH_S if made.panels() else REFRESH_S,
            any=bool(statuses),
            several=views.of_several(one.slo for one in statuses),
            tiles=drawn[:MOST_TILES],
            more_tiles=len(drawn) - MOST_TILES,
            by=by,
            group=group,
            groups=groups(statuses),
            counts=views.counts(Counter(one.assessment.health.value for one in statuses)),
            needs=[(document(one.status), one.alerts) for one in needs[:MOST_NEEDS]],
            more_needs=len(needs) - MOST_NEEDS,
            ends=[document(one) for one in views.ends_soonest(statuses)],
            changes=await since_yesterday(engine, statuses),
            health=shapes.health(engine.health(), 0),
        )
