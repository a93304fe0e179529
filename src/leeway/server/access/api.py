"""The part of the API about people: who may do what, tokens, and the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from leeway.client import people as docs
from leeway.client.documents import Items
from leeway.engine.people import People
from leeway.ports import people as kept
from leeway.server.access.asking import asking
from leeway.server.api.lists import number_of
from leeway.server.api.parameters import only_declared
from leeway.server.api.shapes import moment

Project = Annotated[str, Path(description="The name of a project, or `*` for all")]


def people_api(people: People) -> APIRouter:
    """`/api/v1/me`, `people`, `tokens` and `audit`."""
    api = APIRouter(prefix="/api/v1", dependencies=[Depends(only_declared)])
    _accounts(api, people)
    _tokens(api, people)

    @api.get("/me", summary="Who asks, and what they may")
    async def me() -> docs.Me:
        who = asking().who
        return docs.Me(name=who.name, via=who.via.value, roles=dict(who.rights.grants[-1]))

    @api.get("/audit", summary="What was done, by whom and from where, the newest first")
    async def audit(
        limit: Annotated[int, Query(ge=1, le=1_000, description="At most so many")] = 100,
        after: Annotated[str | None, Query(max_length=20, description="`next` of the answer before")] = None,
    ) -> Items[docs.Act]:
        found = await people.acts(before=number_of(after), limit=limit + 1)
        more = str(found[limit - 1].number) if len(found) > limit else None
        return Items(items=[act(one) for one in found[:limit]], next=more)

    return api


def _accounts(api: APIRouter, people: People) -> None:
    @api.get("/people", summary="Everybody who has an account")
    async def everybody() -> Items[docs.Person]:
        return Items(items=[person(one) for one in people.accounts.people()])

    @api.post("/people", summary="Let somebody in: the answer has the link by which they choose a password")
    async def add(wish: docs.PersonWish) -> docs.Invited:
        made, secret = await people.accounts.add(wish.name, wish.roles, asking())
        return docs.Invited(person=person(made), link=link(secret))

    @api.delete("/people/{name}", summary="Take somebody out, with all their sessions and tokens")
    async def remove(name: str) -> docs.Person:
        return person(await people.accounts.remove(name, asking()))

    @api.post("/people/{name}/link", summary="A new link for somebody who has none, or forgot the password")
    async def invite(name: str) -> docs.Invited:
        secret = await people.accounts.link(name, asking())
        return docs.Invited(person=person(people.accounts.named(name)), link=link(secret))

    @api.put("/people/{name}/roles/{project}", summary="Give somebody a role in a project, `*` for all")
    async def give(name: str, project: Project, wish: docs.RoleWish) -> docs.Person:
        return person(await people.accounts.set_role(name, project, wish.role, asking()))

    @api.delete("/people/{name}/roles/{project}", summary="Take somebody's role in a project away")
    async def take(name: str, project: Project) -> docs.Person:
        return person(await people.accounts.set_role(name, project, None, asking()))


def _tokens(api: APIRouter, people: People) -> None:
    @api.get("/tokens", summary="Your tokens, for admins everybody's; never their secrets")
    async def tokens() -> Items[docs.Token]:
        return Items(items=[token(*one) for one in people.keys.tokens(asking().who)])

    @api.post("/tokens", summary="A new token; its secret is told once")
    async def make(wish: docs.TokenWish) -> docs.Made:
        doer = asking()
        made, secret = await people.keys.make_token(wish.name, wish.role, wish.project, wish.lasts_s, doer)
        mine = next(one for one in people.keys.tokens(doer.who) if one[0].number == made.number)
        return docs.Made(token=token(*mine), secret=secret)

    @api.delete("/tokens/{number}", summary="Make a token good for nothing")
    async def end(number: int) -> docs.Token:
        doer = asking()
        person = next((one[1] for one in people.keys.tokens(doer.who) if one[0].number == number), None)
        return token(await people.keys.end_token(number, doer), person, None)


def link(secret: str) -> str:
    """The path at which a password is chosen."""
    return f"/welcome/{secret}"


def person(one: kept.Person) -> docs.Person:
    """Without the hash, and without the account with the provider."""
    return docs.Person(
        name=one.name,
        roles=dict(one.roles),
        state="there" if one.password or one.subject else "invited",
        provider=bool(one.subject),
        made_at=_at(one.made_at),
        made_by=one.made_by,
    )


def token(key: kept.Key, person: kept.Person | None, used_at: float | None) -> docs.Token:
    """Without the digest."""
    return docs.Token(
        number=key.number,
        name=key.name,
        person=person.name if person else None,
        role=key.role,
        project=key.project,
        made_at=_at(key.made_at),
        made_by=key.made_by,
        expires_at=moment(key.expires_at),
        used_at=moment(used_at),
    )


def act(one: kept.Act) -> docs.Act:
    """One line."""
    return docs.Act(
        number=one.number,
        at=_at(one.at),
        who=one.who,
        place=one.place,
        what=one.what,
        subject=one.subject,
        before=one.before,
        after=one.after,
    )


def _at(time: float) -> datetime:
    return datetime.fromtimestamp(round(time, 3), UTC)
