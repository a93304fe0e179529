"""The list of SLOs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from leeway.server.api import shapes
from leeway.server.api.silences import alerts_shown
from leeway.server.engine_port import EnginePort
from leeway.server.pages import views
from leeway.server.pages.frame import REFRESH_S, Pages
from leeway.server.pages.overview import UP_AT_MOST

States = Literal["exhausted", "at_risk", "healthy", "no_data"]


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/slos`, with `state`, `service` and `q` in the address."""

    @router.get("/slos")
    async def listed(
        request: Request,
        state: States | None = None,
        service: str | None = None,
        q: Annotated[str, Query(max_length=200)] = "",
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        everything = [shapes.status(one) for one in await engine.statuses()]
        of_service = [one for one in everything if service in (None, one.service) and q.lower() in one.slo.lower()]
        return made.show(
            request,
            "slos.html",
            refresh=REFRESH_S,
            statuses=everything,
            services=views.services([one for one in of_service if state in (None, one.state)]),
            counts=views.counts(of_service),
            state=state,
            service=service,
            q=q,
            alerts=views.alerts(await alerts_shown(engine, None, up=True, limit=UP_AT_MOST)),
        )
