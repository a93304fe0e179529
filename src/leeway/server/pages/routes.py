"""Every page with its address: made by the server, readable without any script, from the documents of the API."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from leeway.errors import NotFound
from leeway.server.api.parameters import only_declared
from leeway.server.backtests import Backtests
from leeway.server.engine_port import EnginePort
from leeway.server.pages import (
    alerts,
    backtest,
    calendar,
    detail,
    editing,
    finding,
    fleet,
    overview,
    reference,
    relabel,
    reports,
    settings,
    silences,
    slos,
    sources,
    wizard,
)
from leeway.server.pages.assets import AT
from leeway.server.pages.frame import Pages
from leeway.server.pages.projects import LeadingBack, in_project
from leeway.server.safety import FORMS


def pages(engine: EnginePort, made: Pages, runs: Backtests) -> APIRouter:
    """All of them, what they look like, and the forms of the panel."""
    router = APIRouter(
        dependencies=[Depends(only_declared), Depends(in_project(engine))],
        route_class=LeadingBack,
        include_in_schema=False,
    )
    for add in (
        overview.add,
        slos.add,
        relabel.add,
        detail.add,
        silences.add,
        sources.add,
        alerts.add,
        calendar.add,
        fleet.add,
        reports.add,
        finding.add,
        reference.add,
        wizard.add,
        editing.add,
        settings.add,
    ):
        add(router, engine, made)
    backtest.add(router, engine, made, runs)

    @router.get(AT + "{name}")
    async def asset(request: Request, name: str) -> Response:
        return made.assets.answer(request, name)

    @router.post(FORMS + "{name}")
    async def press(request: Request, name: str) -> Response:
        await made.sessions.check(request)
        panel = made.panels()
        act = next((button.act for button in panel.buttons if button.name == name), None) if panel else None
        if act is None:
            raise NotFound("there is no such button", mend="load the page again")
        await act()
        return RedirectResponse("/", 303)

    return router
