"""The push of points: the raw body goes to the receiver in a thread; nothing here touches a single point."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from leeway.client import documents as docs
from leeway.errors import Conflict, Invalid
from leeway.ports.loop import is_own_event
from leeway.ports.points import Key
from leeway.ports.push import PushBatch
from leeway.server.api import shapes
from leeway.server.api.parameters import HEADER, idempotency_key, only_declared
from leeway.server.engine_port import EnginePort
from leeway.server.problems import looped, reused
from leeway.sources import json_push

AT_ONCE = 4
"""Bodies decoded at a time: more would only share the same processors and hold more memory."""

SMALL = 64 << 10
"""Bytes of a body that is decoded at once, in about a millisecond: a thread would cost as much again."""

_TEXT = {"schema": {"type": "string"}}
_BODY = {
    "description": "Points as objects, lines or columns; see the documentation of JSON push. gzip is understood.",
    "required": True,
    "content": {"application/json": {"schema": {}}, "application/x-ndjson": _TEXT, "application/msgpack": _TEXT},
}


class _Plain(APIRoute):
    """A route whose function reads the request and writes the answer itself; it is only described by FastAPI."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.endpoint


def push(engine: EnginePort, limits: json_push.Settings) -> APIRouter:
    """`POST /api/v1/push`."""
    api = APIRouter(prefix="/api/v1", route_class=_Plain)
    gate = asyncio.Semaphore(AT_ONCE)

    @api.post(
        "/push",
        summary="Take points; the receipt says what became of them",
        response_model=docs.Receipt,
        openapi_extra=HEADER | {"requestBody": _BODY},
    )
    async def take(request: Request) -> Response:
        await only_declared(request)
        key = idempotency_key(request)
        body = await request.body()
        kind, coding = request.headers.get("content-type", ""), request.headers.get("content-encoding", "")
        if len(body) <= SMALL and not coding:
            batch, digest = _read(body, kind, coding, limits, digested=key is not None)
        else:
            async with gate:
                batch, digest = await asyncio.to_thread(_read, body, kind, coding, limits, digested=key is not None)
        try:
            receipt = await engine.push(batch, None if key is None else Key(key, digest))
        except Conflict:
            raise reused() from None
        return Response(shapes.receipt(receipt).model_dump_json(), media_type="application/json")

    return api


def _read(
    body: bytes, content_type: str, coding: str, limits: json_push.Settings, *, digested: bool
) -> tuple[PushBatch, str]:
    plain = json_push.inflate(body, coding, limits)
    try:
        batch = json_push.decode(plain, content_type, limits)
    except Invalid:
        if is_own_event(plain):
            raise looped() from None
        raise
    if not len(batch) and is_own_event(plain):
        raise looped()
    return batch, hashlib.sha256(plain).hexdigest() if digested else ""
