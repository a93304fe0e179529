"""One SLO: its numbers, and every input of them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from leeway.server.api import shapes
from leeway.server.api.silences import decided
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import REFRESH_S, Pages

ALERTS_SHOWN = 50
"""Of one SLO; `leeway why SLO --alerts` has more."""


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/slos/{slo}`."""

    @router.get("/slos/{slo}")
    async def explanation(request: Request, slo: str, objective: str | None = None, refresh: str = "on") -> Response:  # noqa: ARG001  # read by the frame
        told = shapes.why(await engine.why(slo, objective))
        siblings = [shapes.status(one) for one in await engine.status(slo)]
        alerts = await decided(engine, slo, limit=ALERTS_SHOWN)
        mine = [one for one in alerts if one.alert.objective == told.status.objective]
        return made.show(request, "why.html", refresh=REFRESH_S, why=told, siblings=siblings, alerts=mine)
