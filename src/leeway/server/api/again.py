"""Requests that can be sent again when an answer got lost: under the same Idempotency-Key they are carried out once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from leeway.core.objective import DAY_S
from leeway.errors import Conflict
from leeway.ports.clock import Clock
from leeway.server.api.parameters import idempotency_key

KEPT_S = DAY_S
MOST = 1_000
"""Answers that are kept in memory; the oldest go first, and all with the process."""

_KEY = {"parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}]}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(slots=True)
class _Answered:
    digest: str
    at: float
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    answer: tuple[int, bytes, str | None] | None = None


class Answers:
    """What was answered under which key. Only what was carried out is kept: a refusal may be tried again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], _Answered] = OrderedDict()

    async def once(
        self, path: str, key: str, body: bytes, work: Callable[[], Coroutine[Any, Any, Response]]
    ) -> Response:
        """The answer of `work`, or the one it gave before. Raises Conflict if the key was used for another body."""
        self._forget()
        digest = hashlib.sha256(body).hexdigest()
        known = self._known.setdefault((path, key), _Answered(digest, self._clock.monotonic()))
        if known.digest != digest:
            raise Conflict("this key was used for other content", place="Idempotency-Key", mend="take a new key")
        async with known.turn:  # who sends it again before the first answer waits for that
            if known.answer is None:
                try:
                    done = await work()
                    known.answer = (done.status_code, bytes(done.body), done.media_type)
                    return done
                finally:
                    if known.answer is None:
                        self._known.pop((path, key), None)
            status, content, kind = known.answer
            return Response(content, status, {"idempotent-replayed": "true"}, kind)

    def _forget(self) -> None:
        now = self._clock.monotonic()
        while self._known:
            oldest = next(iter(self._known.values()))
            if len(self._known) < MOST and now - oldest.at < KEPT_S:
                return
            self._known.popitem(last=False)


def repeatable(clock: Clock) -> type[APIRoute]:
    """A kind of route whose POSTs heed an Idempotency-Key."""
    answers = Answers(clock)

    class Repeatable(APIRoute):
        def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
            if "POST" in (declared.get("methods") or ()):
                declared["openapi_extra"] = _KEY | (declared.get("openapi_extra") or {})
            super().__init__(path, endpoint, **declared)

        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                key = idempotency_key(request) if request.method == "POST" else None
                if key is None:
                    return await handle(request)
                asked = f"{request.url.path}?{request.url.query}"
                return await answers.once(asked, key, await request.body(), lambda: handle(request))

            return handled

    return Repeatable
