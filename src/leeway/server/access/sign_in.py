"""Signing in and out, the first password, and another one: plain forms."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from leeway.engine.people import People, Via
from leeway.engine.people.keys import SESSION_S
from leeway.errors import Denied, Invalid
from leeway.server.access.asking import asking
from leeway.server.access.forms import Form, local, or_again, sent
from leeway.server.api.parameters import only_declared
from leeway.server.pages import Pages
from leeway.server.safety import FORMS

To = Annotated[str, Query(max_length=2_000)]


def sign_in(people: People, made: Pages, *, provider: bool) -> APIRouter:
    """`provider`: somebody else can sign people in too."""
    router = APIRouter(dependencies=[Depends(only_declared)], include_in_schema=False)
    _doors(router, people, made, provider=provider)
    _passwords(router, people, made)
    return router


def _doors(router: APIRouter, people: People, made: Pages, *, provider: bool) -> None:
    @router.get("/sign-in")
    async def page(request: Request, to: To = "/") -> Response:
        return made.show(request, "sign_in.html", to=local(to), provider=provider, error=None, form={})

    @router.post(FORMS + "sign-in")
    async def enter(request: Request) -> Response:
        form = await sent(request, made)
        to = local(form.get("to", "/"))

        async def act() -> Response:
            secret = await people.keys.sign_in(form.get("name", ""), form.get("password", ""), asking().place)
            return admitted(request, made, secret, to)

        def again(status: int, **told: Any) -> Response:
            return made.show(request, "sign_in.html", status, to=to, provider=provider, **told)

        return await or_again(form, act, again)

    @router.post(FORMS + "sign-out")
    async def leave(request: Request) -> Response:
        await sent(request, made)
        await people.keys.sign_out(asking())
        response = RedirectResponse("/sign-in", 303)
        made.sessions.sign_out(response)
        return response


def _passwords(router: APIRouter, people: People, made: Pages) -> None:
    @router.get("/welcome/{secret}")
    async def welcome(request: Request, secret: str) -> Response:
        return made.show(request, "welcome.html", person=people.accounts.linked(secret), error=None)

    @router.post("/welcome/{secret}")
    async def choose(request: Request, secret: str) -> Response:
        form = await sent(request, made)
        person = people.accounts.linked(secret)

        async def act() -> Response:
            place = asking().place
            chosen = await people.accounts.choose(secret, _twice(form), place)
            return admitted(request, made, await people.keys.begin(chosen, place, "link"), "/")

        def again(status: int, **told: Any) -> Response:
            return made.show(request, "welcome.html", status, person=person, **told)

        return await or_again(form, act, again)

    @router.get("/account")
    async def account(request: Request) -> Response:
        return made.show(request, "account.html", error=None)

    @router.post(FORMS + "password")
    async def change(request: Request) -> Response:
        form, doer = await sent(request, made), asking()

        async def act() -> Response:
            if doer.who.via is not Via.SESSION:
                raise Denied("only who signed in has a password", mend="sign in first")
            person = people.accounts.named(doer.who.name)
            changed = await people.accounts.change_password(person, form.get("old", ""), _twice(form), doer.place)
            return admitted(request, made, await people.keys.begin(changed, doer.place), "/account")

        def again(status: int, **told: Any) -> Response:
            return made.show(request, "account.html", status, **told)

        return await or_again(form, act, again)


def admitted(request: Request, made: Pages, secret: str, to: str) -> Response:
    """On to where they wanted to go, with a session."""
    response = RedirectResponse(to, 303)
    made.sessions.sign_in(request, response, secret, SESSION_S)
    return response


def _twice(form: Form) -> str:
    if form.get("password", "") != form.get("again", ""):
        raise Invalid("the two are not the same", place="again", mend="type it twice")
    return form.get("password", "")
