"""The settings pages: people, tokens, the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from leeway.engine.people import Action, People, Role
from leeway.engine.people.register import Doer
from leeway.errors import Invalid
from leeway.server.access import api
from leeway.server.access.asking import asking
from leeway.server.access.forms import Form, or_again, sent
from leeway.server.api.parameters import only_declared
from leeway.server.pages import Pages
from leeway.server.pages.typed import read_number
from leeway.server.safety import FORMS
from leeway.spec.projects import EVERY

DAY_S = 86_400
ACTS = 100

Work = Callable[[Form, Doer], Awaitable[str]]
"""What a form does; what is told once of it, "" if nothing is."""


def settings(people: People, made: Pages) -> APIRouter:
    """`/settings/people`, `/settings/tokens`, `/settings/audit` and their forms."""
    router = APIRouter(dependencies=[Depends(only_declared)], include_in_schema=False)
    _people(router, people, made)
    _tokens(router, people, made)

    @router.get("/settings/audit")
    async def audit(request: Request, before: Annotated[int | None, Query(ge=1, lt=2**53)] = None) -> Response:
        found = await people.acts(before=before, limit=ACTS + 1)
        acts = [api.act(one) for one in found[:ACTS]]
        more = acts[-1].number if len(found) > ACTS else None
        return made.show(request, "audit.html", acts=acts, more=more)

    return router


def _people(router: APIRouter, people: People, made: Pages) -> None:
    def shown(request: Request, status: int = 200, **told: Any) -> Response:
        given: dict[str, Any] = {"error": None, "form": {}, "link": "", **told}
        everybody = [api.person(one) for one in people.accounts.people()]
        admin = asking().who.rights.everywhere(Action.ADMINISTER)
        roles = [role.value for role in Role if role is not Role.INGEST and (admin or role is not Role.ADMIN)]
        return made.show(request, "people.html", status, people=everybody, roles=roles, admin=admin, **given)

    @router.get("/settings/people")
    async def page(request: Request) -> Response:
        return shown(request)

    async def add(form: Form, doer: Doer) -> str:
        role, project = form.get("role", ""), form.get("project", "") or EVERY
        _, secret = await people.accounts.add(form.get("name", ""), {project: role} if role else {}, doer)
        return api.link(secret)

    async def link(form: Form, doer: Doer) -> str:
        return api.link(await people.accounts.link(form.get("name", ""), doer))

    async def remove(form: Form, doer: Doer) -> str:
        await people.accounts.remove(form.get("name", ""), doer)
        return ""

    async def role(form: Form, doer: Doer) -> str:
        project = form.get("project", "") or EVERY
        await people.accounts.set_role(form.get("name", ""), project, form.get("role") or None, doer)
        return ""

    for name, work in (("person", add), ("person-link", link), ("person-remove", remove), ("role", role)):
        _form(router, made, name, work, shown, "/settings/people")


def _tokens(router: APIRouter, people: People, made: Pages) -> None:
    def shown(request: Request, status: int = 200, **told: Any) -> Response:
        given: dict[str, Any] = {"error": None, "form": {}, "link": "", **told}
        tokens = [api.token(*one) for one in people.keys.tokens(asking().who)]
        return made.show(request, "tokens.html", status, tokens=tokens, roles=[role.value for role in Role], **given)

    @router.get("/settings/tokens")
    async def page(request: Request) -> Response:
        return shown(request)

    async def make(form: Form, doer: Doer) -> str:
        lasts_s, project = _days(form.get("days", "")), form.get("project", "") or EVERY
        _, secret = await people.keys.make_token(form.get("name", ""), form.get("role", ""), project, lasts_s, doer)
        return secret

    async def end(form: Form, doer: Doer) -> str:
        await people.keys.end_token(read_number(form.get("number", ""), "token"), doer)
        return ""

    for name, work in (("token", make), ("token-end", end)):
        _form(router, made, name, work, shown, "/settings/tokens")


def _form(router: APIRouter, made: Pages, name: str, work: Work, shown: Callable[..., Response], page: str) -> None:
    """What is told once stands in the answer itself; else the page is loaded anew."""

    @router.post(FORMS + name, name=name)
    async def press(request: Request) -> Response:
        form = await sent(request, made)

        async def act() -> Response:
            told = await work(form, asking())
            return shown(request, link=told) if told else RedirectResponse(page, 303)

        def again(status: int, **told: Any) -> Response:
            return shown(request, status, **told)

        return await or_again(form, act, again)


def _days(text: str) -> float | None:
    if not text:
        return None
    if not (text.isdecimal() and 0 < len(text) < 6):
        raise Invalid("this is no number of days", place="days", mend="leave it empty for a token without an end")
    return int(text) * DAY_S
