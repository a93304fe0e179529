"""The first page: what needs a person now, and how everything is."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from leeway.server.api import shapes
from leeway.server.api.silences import alerts_shown
from leeway.server.engine_port import EnginePort
from leeway.server.pages import views
from leeway.server.pages.frame import PANEL_REFRESH_S, REFRESH_S, Pages

UP_AT_MOST = 10_000


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/`."""

    @router.get("/")
    async def overview(request: Request, refresh: str = "on") -> Response:  # noqa: ARG001  # read by the frame
        statuses = [shapes.status(one) for one in await engine.statuses()]
        alerts = await alerts_shown(engine, None, up=True, limit=UP_AT_MOST)
        return made.show(
            request,
            "overview.html",
            refresh=PANEL_REFRESH_S if made.panels() else REFRESH_S,
            statuses=statuses,
            services=views.services(statuses),
            counts=views.counts(statuses),
            needs=views.needs(statuses, alerts),
            ends=views.ends_soonest(statuses),
            health=shapes.health(engine.health(), 0),
        )
