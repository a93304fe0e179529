"""The part of the client about people: accounts, tokens, the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeVar

from pydantic import BaseModel

from leeway.client.documents import Items
from leeway.client.people import Act, Invited, Made, Me, PeopleRole, Person, PersonWish, RoleWish, Token, TokenWish
from leeway.net import Request

Shape = TypeVar("Shape", bound=BaseModel)


class Ask(Protocol):
    """One request of a client, and its answer as a document."""

    def __call__(self, shape: type[Shape], request: Request) -> Awaitable[Shape]:
        """Raises the error that the server raised."""


class PeopleClient:
    """By `client.people`."""

    def __init__(self, ask: Ask, url: Callable[..., str]) -> None:
        self._ask, self._url = ask, url

    async def me(self) -> Me:
        """Who asks, and what they may."""
        return await self._ask(Me, Request(self._url("me"), repeatable=True))

    async def people(self) -> list[Person]:
        """Everybody who has an account."""
        return (await self._ask(Items[Person], Request(self._url("people"), repeatable=True))).items

    async def add(self, name: str, roles: Mapping[str, PeopleRole]) -> Invited:
        """Lets somebody in; the link is told once."""
        return await self._send(Invited, "POST", PersonWish(name=name, roles=dict(roles)), "people")

    async def link(self, name: str) -> Invited:
        """A new link for somebody."""
        return await self._send(Invited, "POST", None, "people", name, "link")

    async def give_role(self, name: str, project: str, role: PeopleRole | None) -> Person:
        """Gives somebody a role in a project, `*` for all; None takes it away."""
        if role is None:
            return await self._send(Person, "DELETE", None, "people", name, "roles", project)
        return await self._send(Person, "PUT", RoleWish(role=role), "people", name, "roles", project)

    async def remove(self, name: str) -> Person:
        """Takes somebody out."""
        return await self._send(Person, "DELETE", None, "people", name)

    async def tokens(self) -> list[Token]:
        """One's own tokens, for admins everybody's."""
        return (await self._ask(Items[Token], Request(self._url("tokens"), repeatable=True))).items

    async def make_token(self, wish: TokenWish) -> Made:
        """A new token; the secret is told once."""
        return await self._send(Made, "POST", wish, "tokens")

    async def end_token(self, number: int) -> Token:
        """Makes a token good for nothing."""
        return await self._send(Token, "DELETE", None, "tokens", str(number))

    async def audit(self, *, limit: int = 100, after: str | None = None) -> Items[Act]:
        """What was done, the newest first; `next` is to be sent as `after`."""
        query = (("limit", str(limit)), *((("after", after),) if after is not None else ()))
        return await self._ask(Items[Act], Request(self._url("audit"), query=query, repeatable=True))

    async def _send(self, shape: type[Shape], method: str, wish: BaseModel | None, *path: str) -> Shape:
        body = wish.model_dump_json().encode() if wish else b""
        headers = {"Content-Type": "application/json"} if wish else {}
        return await self._ask(shape, Request(self._url(*path), method, body=body, headers=headers))
