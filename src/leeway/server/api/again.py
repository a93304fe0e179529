"""Requests that can be sent again when an answer got lost: under the same Idempotency-Key they are carried out once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from leeway.core.objective import DAY_S
from leeway.errors import Conflict, LeewayError
from leeway.ports.answers import Answer, AnswerStore, Claim, Name
from leeway.ports.clock import Clock
from leeway.server.api.parameters import HEADER, KEY, idempotency_key
from leeway.server.problems import reused

KEPT_S = float(DAY_S)
LOOK_S = 3_600.0
"""So often at most what is too old is looked for."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Answers:
    """What was answered under which key. Only what was carried out is kept: a refusal may be tried again."""

    def __init__(self, store: AnswerStore, clock: Clock) -> None:
        self._store, self._clock, self._looked = store, clock, 0.0
        self._turns: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()

    async def once(self, name: Name, body: bytes, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        """The answer of `work`, or the one it gave before.

        Raises Reused if the key was used for another body, Conflict if that request was broken off: it may have been
        carried out or not, and is not carried out a second time.
        """
        digest = hashlib.sha256(body).hexdigest()
        turn = self._turns.setdefault(name, asyncio.Lock())
        async with turn:  # who sends it again before the first answer waits for that
            known = await asyncio.to_thread(self._claim, name, digest)
            if known is None:
                return await self._first(name, work)
        if known.digest != digest:
            raise reused()
        if known.answer is None:
            mend = "look whether it was done; if not, send it under a new key"
            told = "the request under this key was broken off; it may have been carried out or not"
            raise Conflict(told, place=KEY, mend=mend)
        headers = {"idempotent-replayed": "true"}
        return Response(known.answer.body, known.answer.status, headers, known.answer.media_type or None)

    async def _first(self, name: Name, work: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        try:
            done = await work()
        except (LeewayError, HTTPException, RequestValidationError):  # of anything else nobody knows how far it got
            await asyncio.to_thread(self._store.release, name)
            raise
        answer = Answer(done.status_code, bytes(done.body), done.media_type or "")
        await asyncio.to_thread(self._store.keep, name, answer)
        return done

    def _claim(self, name: Name, digest: str) -> Claim | None:
        now = self._clock.now()
        if abs(now - self._looked) >= LOOK_S:
            self._store.prune(now - KEPT_S)
            self._looked = now
        known = self._store.claim(name, digest, now)
        if known is not None and known.at < now - KEPT_S:
            self._store.release(name)
            known = self._store.claim(name, digest, now)
        return known


def repeatable(store: AnswerStore, clock: Clock) -> type[APIRoute]:
    """A kind of route whose POSTs heed an Idempotency-Key."""
    answers = Answers(store, clock)

    class Repeatable(APIRoute):
        def __init__(self, path: str, endpoint: Callable[..., Any], **declared: Any) -> None:
            if "POST" in (declared.get("methods") or ()):
                declared["openapi_extra"] = HEADER | (declared.get("openapi_extra") or {})
            super().__init__(path, endpoint, **declared)

        def get_route_handler(self) -> Handler:
            handle = super().get_route_handler()

            async def handled(request: Request) -> Response:
                key = idempotency_key(request) if request.method == "POST" else None
                if key is None:
                    return await handle(request)
                return await answers.once(Name(_address(request), key), await request.body(), lambda: handle(request))

            return handled

    return Repeatable


def _address(request: Request) -> str:
    """Of a caller's own: nobody is answered what somebody else was, nor learns that a key was used."""
    caller: str = request.scope["state"].get("caller", "")
    return f"{request.url.path}?{request.url.query}" + (f" by {caller}" if caller else "")
