"""How a running demo is told to break or mend its bar: one address on the loopback, behind a token."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from hmac import compare_digest

from aiohttp import web

from leeway.demo.bar import Bar
from leeway.demo.whereabouts import Whereabouts
from leeway.errors import Invalid, NotUnderstood
from leeway.net import Client, Egress, Limits, Request, Retries, Secret, bearer
from leeway.ports.clock import Clock

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Talk:
    """What the bar says of itself: the share of guests that walks out, and how it went in the last minute."""

    errors: float
    greeted: int
    lost: int


class Control:
    """GET says how the bar is, PUT {"errors": share} breaks it, or mends it with 0."""

    def __init__(self, bar: Bar, clock: Clock, token: str) -> None:
        self._bar = bar
        self._clock = clock
        self._expected = f"Bearer {token}".encode()

    @property
    def routes(self) -> tuple[web.RouteDef, ...]:
        """To be served beside the bar's own door."""
        return web.get("/control", self._look, allow_head=False), web.put("/control", self._set)

    async def _look(self, request: web.Request) -> web.Response:
        self._check(request)
        greeted, lost = self._bar.since(self._clock.now() - MINUTE_S)
        return web.json_response({"errors": self._bar.errors, "greeted": greeted, "lost": lost})

    async def _set(self, request: web.Request) -> web.Response:
        self._check(request)
        told = await request.json()
        errors = told.get("errors") if isinstance(told, dict) else None
        if not isinstance(errors, int | float) or not 0 <= errors <= 1:
            raise web.HTTPBadRequest(text="errors is a share from 0 to 1\n")
        self._bar.break_down(float(errors))
        return await self._look(request)

    def _check(self, request: web.Request) -> None:
        if not compare_digest(request.headers.get("Authorization", "").encode(), self._expected):
            raise web.HTTPUnauthorized(text="this needs the token of the demo\n")


def look(where: Whereabouts, clock: Clock) -> Talk:
    """How the bar is. Raises what the network raises."""
    return asyncio.run(_ask(where, clock, None))


def break_bar(where: Whereabouts, clock: Clock, errors: float) -> Talk:
    """Breaks it: this share of the guests, above 0 and up to 1, walks out. Raises Invalid for any other share."""
    if not 0 < errors <= 1:
        raise Invalid("a share of guests lies above 0 % and goes up to 100 %", place="--errors", mend="write 30%")
    return asyncio.run(_ask(where, clock, errors))


def mend_bar(where: Whereabouts, clock: Clock) -> Talk:
    """Mends it."""
    return asyncio.run(_ask(where, clock, 0.0))


async def _ask(where: Whereabouts, clock: Clock, errors: float | None) -> Talk:
    listed = Egress(frozenset({where.control.removeprefix("http://").partition("/")[0]}))
    client = Client(
        listed, clock, credentials=bearer(Secret(where.token)), limits=Limits(total_s=10), retries=Retries(1)
    )
    try:
        body = b"" if errors is None else json.dumps({"errors": errors}).encode()
        answer = await client.ask(Request(where.control, "GET" if errors is None else "PUT", body=body))
    finally:
        await client.close()
    try:
        return Talk(**json.loads(answer.body))
    except (ValueError, TypeError):
        raise NotUnderstood("this is no demo of Leeway", place=where.control) from None
