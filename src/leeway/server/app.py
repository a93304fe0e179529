"""The web application: guard, API, probes and pages around one engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

from leeway.engine.hooks import Hooks
from leeway.engine.people import People
from leeway.engine.sharing import Shares
from leeway.ports.clock import Clock
from leeway.server import api, openapi, problems
from leeway.server.access.api import people_api
from leeway.server.access.deeds import Deeds
from leeway.server.access.gate import Gate
from leeway.server.access.sight import Sight
from leeway.server.backtests import Backtests
from leeway.server.engine_port import EnginePort
from leeway.server.later import Later
from leeway.server.pages import Pages, Panels, no_panel
from leeway.server.prometheus import prometheus
from leeway.server.safety import Guard, Limits, Rates, Sessions
from leeway.sources import json_push
from leeway.version import VERSION

if TYPE_CHECKING:
    from leeway.server.access.provider import Provider

LIMITS = json_push.Settings.model_validate({})


def create_app(
    engine: EnginePort,
    *,
    token: str,
    hosts: frozenset[str],
    clock: Clock,
    people: People,
    hooks: Hooks,
    shares: Shares,
    data: Path | None = None,
    panels: Panels = no_panel,
    limits: json_push.Settings = LIMITS,
    rates: Rates = Rates(),  # noqa: B008 - frozen
    provider: Provider | None = None,
    origins: frozenset[str] = frozenset(),
) -> FastAPI:
    """The application, to be run by uvicorn; it starts and stops nothing of the engine.

    `app.state.ends` is to be called when the server stops: streams that are open would hold it up.

    `hosts` are the names under which it may be called, as `127.0.0.1:8474`, or `127.0.0.1` for any port. `data` is
    shown in the commands that a newcomer copies; `panels` fills the slot above the list. `rates` are how often one
    caller may ask. `people` have accounts; as long as nobody has one it is a machine of
    one's own; `provider` signs others in. `origins` are those under which a proxy in front is known, as `https://name`.
    """
    app = FastAPI(
        title="Leeway",
        version=VERSION,
        summary="How much unreliability can you still afford?",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their scripts come from somebody else's machine
        redoc_url=None,
    )
    gate, sight = Gate(token, people, lambda kind, name: engine.library.project(kind, name)), Sight(engine, people)
    sessions = Sessions.fresh(secure=any(origin.startswith("https://") for origin in origins))
    made = Pages(clock, sessions, data, panels, lambda: sight.library)
    problems.install(app, made.problem)
    feed, runs = api.Feed(engine, clock, sight.reader), Backtests(sight)

    def ends() -> None:
        feed.close()
        runs.close()

    app.state.ends = ends
    deeds = Deeds(people)
    for router in (
        people_api(people),
        api.push(sight, limits),
        api.control(sight, clock, feed, runs, data),
        api.probes(sight),
        prometheus(sight, clock),
        api.hooks(hooks, deeds, sight.answers, clock),
        api.shares(shares, deeds, sight.answers, clock),
    ):
        app.include_router(router)

    def site() -> APIRouter:
        from leeway.server.access.settings import settings  # late, all of them: they are half of the code of a server
        from leeway.server.access.sign_in import sign_in
        from leeway.server.pages.routes import pages
        from leeway.server.pages.sharing import sharing

        router = APIRouter()
        for part in (
            sign_in(people, made, provider=provider is not None),
            *(() if provider is None else _by_provider(people, made, provider)),
            settings(people, made),
            pages(sight, made, runs),
            sharing(shares, deeds, engine, sight, made),
        ):
            router.include_router(part)
        return router

    app.router.routes.append(Later(site, but=("/api/", "/healthz", "/readyz", "/metrics")))
    openapi.install(app)
    app.add_middleware(Limits, rates=rates, clock=clock)
    app.add_middleware(
        Guard, hosts=hosts, origins=origins, largest=limits.max_bytes, admit=gate.admit, show=made.problem
    )
    return app


def _by_provider(people: People, made: Pages, provider: Provider) -> tuple[APIRouter]:
    from leeway.server.access.provider import provider_routes  # late: most have none

    return (provider_routes(people, made, provider),)
