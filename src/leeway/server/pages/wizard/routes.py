"""The addresses of the wizard. Reading pages asks nobody: sources are asked by forms alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import Pages
from leeway.server.pages.typed import sent
from leeway.server.pages.wizard.answers import Answers
from leeway.server.safety import FIELD, FORMS

if TYPE_CHECKING:
    from leeway.server.pages.wizard.steps import Wizard


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/new`, and the forms of its steps."""

    @cache
    def wizard() -> Wizard:
        from leeway.server.pages.wizard.steps import Wizard  # with the first page: a start need not wait for it

        return Wizard(engine, made)

    @router.get("/new")
    async def new(request: Request, answers: Annotated[Answers, Query()]) -> Response:
        if answers.by == "yaml":
            return RedirectResponse("/new/yaml", 303)
        return await wizard().shown(request, answers)

    @router.post(FORMS + "new/source")
    async def chosen(request: Request) -> Response:
        await made.sessions.check(request)
        return await wizard().chosen(request, *await _typed(request))

    @router.post(FORMS + "new/file")
    async def file(request: Request) -> Response:
        form = await sent(request)
        fields = [(name, content.decode("utf-8", "replace")) for name, content in form if name not in ("file", "text")]
        await made.sessions.check(request, dict(fields).get(FIELD, ""))
        answers = Answers.of(fields).model_copy(update={"way": "file", "series": "", "past": ""})
        return await wizard().filed(request, answers, dict(form).get("file") or dict(form).get("text", b""))

    @router.post(FORMS + "new/read")
    async def read(request: Request) -> Response:
        await made.sessions.check(request)
        return await wizard().read(request, *await _typed(request))

    @router.post(FORMS + "new/save")
    async def save(request: Request) -> Response:
        await made.sessions.check(request)
        return await wizard().save(request, *await _typed(request))


async def _typed(request: Request) -> tuple[Answers, str]:
    pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    return Answers.of((name, text.strip()) for name, text in pairs), dict(pairs).get("do", "")
