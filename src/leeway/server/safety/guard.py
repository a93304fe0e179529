"""What comes before every request: whose name was called, from which page, how much they send. Plain ASGI.

A browser visits other sites too, and those can make it send requests here: under a foreign name (DNS rebinding: the
Host header shows it) or from a foreign page (the Origin header shows it). Both are refused. A message of Leeway's own
is dropped wherever it comes back. Then the gate says who asks, and whether they may (see `leeway.server.access.gate`);
forms of Leeway's own pages prove in their routes where they come from (see `session`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leeway.client.documents import Problem
from leeway.client.problem import problem_of
from leeway.engine.people import Doer, Via
from leeway.errors import Denied, LeewayError
from leeway.ports.loop import comes_back
from leeway.server.access.asking import STRANGER, begin
from leeway.server.answers import HEADERS, problem_response
from leeway.server.problems import looped

READING = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = "/forms/"
"""Paths below this take the forms of Leeway's own pages; where they come from is checked there."""

QUESTIONS = "/api/v1/prom/"
"""Paths below this only answer, also what comes by POST: so Grafana asks."""

_HEADERS = tuple((name.encode(), value.encode()) for name, value in (HEADERS | {"cache-control": "no-store"}).items())
"""What every answer has that does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not; `page` is where a person goes who looks at pages, `doer` who it is, if that is known."""

    status: int
    error: LeewayError
    page: str = ""
    doer: Doer = STRANGER


class Guard:
    """Refuses what must not come in, and gives every answer the headers that keep a browser safe.

    `hosts` are `name:port`, or `name` for any port; `origins` are those of proxies in front, as `https://name`. `admit`
    says who asks, or why not; `show` shows that to people.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: frozenset[str],
        origins: frozenset[str],
        largest: int,
        admit: Callable[[Scope, Headers], Doer | Refusal],
        show: Callable[[Request, Problem], Response],
    ) -> None:
        self._app, self._admit, self._show = app, admit, show
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(origin.lower() for origin in origins)
        self._largest = largest
        self._run, self._count = secrets.token_hex(4), count(1)  # randomness for each request costs a system call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"{self._run}-{next(self._count):x}"
        scope.setdefault("state", {})["request_id"] = request_id

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                said = {name for name, _ in own}
                ours = ((b"x-request-id", request_id.encode()), *_HEADERS)
                message["headers"] = [*own, *(header for header in ours if header[0] not in said)]
            await send(message)

        headers = Headers(scope=scope)
        found = self._strange(scope, headers) or self._admit(scope, headers)
        if isinstance(found, Refusal):
            begin(found.doer)
            await self._refuse(scope, headers, found)(scope, receive, answer)
            return
        if found.who.via in (Via.SESSION, Via.TOKEN):
            scope["state"]["caller"] = f"{found.who.via}:{found.who.key}"
        begin(found)
        await self._app(scope, _Meter(receive, self._largest), answer)

    def _refuse(self, scope: Scope, headers: Headers, refusal: Refusal) -> Response:
        problem = problem_of(refusal.error, status=refusal.status, request_id=scope["state"]["request_id"])
        human = "text/html" in headers.get("accept", "") and not scope["path"].startswith("/api/")
        if human and refusal.page:
            return RedirectResponse(refusal.page, 303)
        response = self._show(Request(scope), problem) if human else problem_response(problem)
        if refusal.status == 401:
            response.headers["www-authenticate"] = 'Bearer realm="leeway"'
        return response

    def _strange(self, scope: Scope, headers: Headers) -> Refusal | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._known(hosts[0]):
            mend = f"open it as {', '.join(sorted(self._hosts))}; other names are a setting, hosts"
            return Refusal(421, Denied("this server is not called so", place=f"Host: {_shown(hosts)}", mend=mend))
        own = {f"{scope['scheme']}://{hosts[0]}".lower(), *self._origins}
        hidden = origins == ["null"] and headers.get("sec-fetch-site") == "same-origin"
        if origins and not hidden and (len(origins) > 1 or origins[0].lower() not in own):
            error = Denied("pages of other origins may not ask this server", place=f"Origin: {_shown(origins)}")
            return Refusal(403, error)
        if scope["method"] not in READING and comes_back(headers):
            return Refusal(508, looped())
        return None

    def _known(self, host: str) -> bool:
        host = host.lower()
        name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
        return host in self._hosts or name in self._hosts


class _Meter:
    """Hands on the body of a request until it is more than may be sent."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self._receive = receive
        self._left = largest

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise HTTPException(413)
        return message


def _shown(values: list[str]) -> str:
    return ", ".join(value[:100] for value in values) or "none"
