"""The gate before every request: whose name was called, who asks, how much they send. Plain ASGI, no framework.

Until there are users, Leeway serves its own machine only. A browser on that machine visits other sites too, and those
can make it send requests here: under a foreign name (DNS rebinding: the Host header shows it) or from a foreign page
(the Origin header shows it). Both are refused. Writing takes the token of the data folder, or a form of Leeway's own
page (see `session`). A message of Leeway's own is dropped wherever it comes back, token or not.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest
from itertools import count

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leeway.client.problem import problem_of
from leeway.errors import Denied
from leeway.ports.loop import comes_back
from leeway.server.answers import HEADERS, problem_response
from leeway.server.problems import looped

READING = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = "/forms/"
"""Paths below this take the forms of Leeway's own pages; their session is checked there, not the token."""

QUESTIONS = "/api/v1/prom/"
"""Paths below this only answer, also what comes by POST: so Grafana asks."""

_HEADERS = tuple((name.encode(), value.encode()) for name, value in (HEADERS | {"cache-control": "no-store"}).items())
"""What every answer has that does not say otherwise."""


class Guard:
    """Refuses what must not come in, and gives every answer the headers that keep a browser safe.

    `hosts` are `name:port`, or `name` for any port.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: frozenset[str], largest: int) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()
        self._hosts = frozenset(host.lower() for host in hosts)
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
        refused = self._refused(scope, headers)
        if refused is not None:
            status, error = refused
            response = problem_response(problem_of(error, status=status, request_id=request_id))
            if status == 401:
                response.headers["www-authenticate"] = 'Bearer realm="leeway"'
            await response(scope, receive, answer)
            return
        await self._app(scope, _Meter(receive, self._largest), answer)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, Denied] | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._known(hosts[0]):
            mend = f"open it as {', '.join(sorted(self._hosts))}"
            return 421, Denied("this server is not called so", place=f"Host: {_shown(hosts)}", mend=mend)
        own = f"{scope['scheme']}://{hosts[0]}".lower()
        hidden = origins == ["null"] and headers.get("sec-fetch-site") == "same-origin"
        if origins and not hidden and [origin.lower() for origin in origins] != [own]:
            return 403, Denied("pages of other origins may not ask this server", place=f"Origin: {_shown(origins)}")
        if scope["method"] not in READING and comes_back(headers):
            return 508, looped()
        if scope["method"] in READING or scope["path"].startswith((FORMS, QUESTIONS)):
            return None
        given = headers.getlist("authorization")
        if not given:
            mend = "send Authorization: Bearer with the token from the data folder; the command line does so by itself"
            return 401, Denied("writing needs the token", place="Authorization", mend=mend)
        if len(given) > 1 or not compare_digest(given[0].encode("latin-1"), self._expected):
            mend = "read it again from the data folder of this server (--data)"
            return 401, Denied("this is not the token of this server", place="Authorization", mend=mend)
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
