"""The web application: guard, API, probes and pages around one engine."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from leeway.ports.clock import Clock
from leeway.server import api, openapi, problems
from leeway.server.engine_port import EnginePort
from leeway.server.pages import Pages, Panels, no_panel, pages
from leeway.server.prometheus import prometheus
from leeway.server.safety import Guard, Limits, Rates, Sessions
from leeway.sources import json_push
from leeway.version import VERSION

LIMITS = json_push.Settings.model_validate({})


def create_app(
    engine: EnginePort,
    *,
    token: str,
    hosts: frozenset[str],
    clock: Clock,
    data: Path | None = None,
    panels: Panels = no_panel,
    limits: json_push.Settings = LIMITS,
    rates: Rates = Rates(),  # noqa: B008 - frozen
) -> FastAPI:
    """The application, to be run by uvicorn; it starts and stops nothing of the engine.

    `app.state.ends` is to be called when the server stops: streams that are open would hold it up.

    `hosts` are the names under which it may be called, as `127.0.0.1:8474`, or `127.0.0.1` for any port. `data` is
    shown in the commands that a newcomer copies; `panels` fills the slot above the list. `rates` are how often one
    caller may ask.
    """
    app = FastAPI(
        title="Leeway",
        version=VERSION,
        summary="How much unreliability can you still afford?",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their scripts come from somebody else's machine
        redoc_url=None,
    )
    made = Pages(clock, Sessions.fresh(), data, panels)
    problems.install(app, made.problem)
    feed = api.Feed(engine, clock)
    app.state.ends = feed.close
    for router in (
        api.push(engine, limits),
        api.control(engine, clock, feed),
        api.probes(engine),
        prometheus(engine, clock),
        pages(engine, made),
    ):
        app.include_router(router)
    openapi.install(app)
    app.add_middleware(Limits, rates=rates, clock=clock)
    app.add_middleware(Guard, token=token, hosts=hosts, largest=limits.max_bytes)
    return app
