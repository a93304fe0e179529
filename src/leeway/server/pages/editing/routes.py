"""The addresses of editing: a form or the text, and deleting."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import Pages
from leeway.server.pages.typed import typed
from leeway.server.safety import FORMS

if TYPE_CHECKING:
    from leeway.server.pages.editing.desk import Desk

Way = Literal["form", "yaml"]


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/slos/{slo}/edit` and `/slos/{slo}/delete` with their forms, and the form of a text that makes new ones."""

    @cache
    def desk() -> Desk:
        from leeway.server.pages.editing.desk import Desk  # with the first page: a start need not wait for it

        return Desk(engine, made)

    @router.get("/slos/{slo}/edit")
    async def edit(request: Request, slo: str, by: Way = "form") -> Response:
        return await desk().open(request, slo, by)

    @router.post(FORMS + "slos/{slo}/edit")
    async def edited(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        return await desk().take(request, slo, await typed(request))

    @router.get("/slos/{slo}/delete")
    async def delete(request: Request, slo: str) -> Response:
        return await desk().ask(request, slo, None)

    @router.post(FORMS + "slos/{slo}/delete")
    async def deleted(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        return await desk().delete(request, slo, await typed(request))

    @router.get("/new/yaml")
    async def new(request: Request) -> Response:
        return desk().blank(request, "", None, None)

    @router.post(FORMS + "new/yaml")
    async def written(request: Request) -> Response:
        await made.sessions.check(request)
        return await desk().write(request, await typed(request))
