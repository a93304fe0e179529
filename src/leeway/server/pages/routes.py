"""The pages: made by the server, readable without any script, from the same documents that the API answers."""

from __future__ import annotations

import hashlib
import shlex
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from leeway.client import certain, figures, foretelling
from leeway.client.documents import Problem
from leeway.client.telling import sentence
from leeway.client.token import TOKEN
from leeway.errors import NotFound
from leeway.ports.clock import Clock
from leeway.server.api import shapes
from leeway.server.api.parameters import only_declared
from leeway.server.api.silences import alerts_shown, decided
from leeway.server.engine_port import EnginePort
from leeway.server.pages import views
from leeway.server.pages.chart import chart, sparkline
from leeway.server.pages.panel import Panels
from leeway.server.pages.words import meanings, word
from leeway.server.safety import FIELD, FORMS, Sessions

if TYPE_CHECKING:
    from jinja2 import Environment

REFRESH_S = 30
PANEL_REFRESH_S = 5
ALERTS_SHOWN = 50
"""Of one SLO; `leeway why SLO --alerts` has more."""
UP_AT_MOST = 10_000
STYLE = Path(__file__).parent / "static" / "leeway.css"


class Pages:
    """Templates and what they need."""

    def __init__(self, clock: Clock, sessions: Sessions, data: Path | None) -> None:
        self._clock, self.sessions = clock, sessions
        self.style = STYLE.read_bytes()
        self.style_at = f"/static/{hashlib.sha256(self.style).hexdigest()[:16]}/leeway.css"
        self._token = shlex.quote(str(data / TOKEN)) if data else "DATA-FOLDER/token"

    @cached_property
    def _env(self) -> Environment:
        """Made for the first page: a start need not wait for it."""
        from jinja2 import Environment, PackageLoader, StrictUndefined

        env = Environment(
            loader=PackageLoader("leeway.server.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        env.globals.update(
            figures=figures,
            sentence=sentence,
            foretold=foretelling.sentences,
            certain=certain.sentences,
            views=views,
            word=word,
            sparkline=sparkline,
            chart=chart,
            style=self.style_at,
            forms=FORMS,
        )
        return env

    def show(self, request: Request, template: str, status: int = 200, /, **given: object) -> Response:
        """A page; `proof` is what its forms carry."""
        session = self.sessions.begin(request)
        html = self._env.get_template(template).render(
            now=datetime.fromtimestamp(int(self._clock.now()), UTC),
            words=meanings(),
            proof_field=FIELD,
            proof=self.sessions.proof(session),
            server=f"{request.url.scheme}://{request.headers['host']}",
            token=self._token,
            **given,
        )
        response = HTMLResponse(html, status)
        self.sessions.attach(response, session)
        return response

    def problem(self, request: Request, problem: Problem) -> Response:
        """An error for a person."""
        return self.show(request, "problem.html", problem.status, problem=problem, refresh=0, panel=None)


def pages(engine: EnginePort, made: Pages, panels: Panels) -> APIRouter:
    """`/`, `/slos/{slo}`, the style, and the forms of the panel."""
    router = APIRouter(dependencies=[Depends(only_declared)], include_in_schema=False)

    @router.get("/")
    async def overview(request: Request, refresh: str = "on") -> Response:
        statuses = [shapes.status(one) for one in await engine.statuses()]
        panel = panels()
        pause = 0 if refresh == "off" else PANEL_REFRESH_S if panel else REFRESH_S
        return made.show(
            request,
            "overview.html",
            statuses=statuses,
            services=views.services(statuses),
            counts=views.counts(statuses),
            alerts=views.alerts(await alerts_shown(engine, None, up=True, limit=UP_AT_MOST)),
            panel=panel,
            refresh=pause,
            health=shapes.health(engine.health(), 0),
        )

    @router.get("/slos/{slo}")
    async def explanation(request: Request, slo: str, objective: str | None = None) -> Response:
        told = shapes.why(await engine.why(slo, objective))
        siblings = [shapes.status(one) for one in await engine.status(slo)]
        alerts = await decided(engine, slo, limit=ALERTS_SHOWN)
        mine = [one for one in alerts if one.alert.objective == told.status.objective]
        return made.show(request, "why.html", why=told, siblings=siblings, alerts=mine, panel=None, refresh=REFRESH_S)

    @router.get(made.style_at)
    async def style() -> Response:
        return Response(made.style, 200, {"cache-control": "public, max-age=31536000, immutable"}, "text/css")

    @router.post(FORMS + "{name}")
    async def press(request: Request, name: str) -> Response:
        await made.sessions.check(request)
        panel = panels()
        act = next((button.act for button in panel.buttons if button.name == name), None) if panel else None
        if act is None:
            raise NotFound("there is no such button", mend="load the page again")
        await act()
        return RedirectResponse("/", 303)

    return router
