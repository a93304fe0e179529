"""What watches Leeway asks for: is it alive, is it ready, its metrics."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from leeway.server.api.parameters import only_declared
from leeway.server.engine_port import EnginePort


def probes(engine: EnginePort) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`."""
    router = APIRouter(dependencies=[Depends(only_declared)])

    @router.get("/healthz", summary="Alive: answers at all", response_class=PlainTextResponse)
    async def alive() -> Response:
        return Response("ok\n", media_type="text/plain")

    @router.get(
        "/readyz",
        summary="Ready: can write, and has evaluated",
        response_class=PlainTextResponse,
        responses={503: {"description": "What is missing", "content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def ready() -> Response:
        health = engine.health()
        said = "ready\n" if health.ready else "".join(f"{reason}\n" for reason in health.reasons) or "not ready\n"
        return Response(said, 200 if health.ready else 503, media_type="text/plain")

    @router.get("/metrics", summary="Leeway and its budgets, for Prometheus", response_class=PlainTextResponse)
    async def scrape() -> Response:
        from leeway.server.api import metrics  # late: a start need not wait for it

        statuses = await engine.statuses()
        alerts = await engine.alarm.alerts(None, up=True, limit=10_000)
        content = metrics.text(statuses, engine.sources(), engine.health(), alerts)
        return Response(content, media_type=metrics.CONTENT_TYPE)

    return router
