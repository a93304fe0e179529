"""The list of all objectives as bytes: written once per evaluation, sent to everybody who asks."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from dataclasses import dataclass

from fastapi import Request, Response
from pydantic import TypeAdapter

from leeway.engine.people import Action
from leeway.engine.views import Status
from leeway.server.access.asking import asking
from leeway.server.api import shapes
from leeway.server.api.lists import page
from leeway.server.api.wanted import ORDERS, Wanted
from leeway.server.engine_port import EnginePort

_JSON = TypeAdapter[object](object)

GZIP_WBITS = 31
LITTLE_EFFORT = 1
"""Level of compression: it takes a fifth of the time of the default, for a few per cent more bytes."""

PACKED_FROM = 4_096
"""Bytes; what is shorter is sent as it is."""


PARTS = 16
"""So many lists are kept, of those who see different projects."""


@dataclass(frozen=True, slots=True)
class _Written:
    of: tuple[Status, ...]
    plain: bytes
    packed: bytes
    tag: str


class Listing:
    """Knows the last list it wrote for those who see the same: they get the same tuple until something changed."""

    def __init__(self, engine: EnginePort) -> None:
        self._engine = engine
        self._writing = asyncio.Lock()
        self._written: dict[frozenset[str], _Written] = {}

    async def answer(self, request: Request) -> Response:
        """200 with all of it, or 304 without a body to who has it already (ETag)."""
        written = await self._newest()
        headers = {"etag": written.tag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if written.tag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
            return Response(None, 304, headers)
        if "gzip" in request.headers.get("accept-encoding", "") and len(written.plain) >= PACKED_FROM:
            return Response(written.packed, 200, headers | {"content-encoding": "gzip"}, "application/json")
        return Response(written.plain, 200, headers, "application/json")

    async def some(self, wanted: Wanted, sort: str, limit: int | None, after: str | None) -> Response:
        """A page of those that are wanted; of the list that is newest now."""
        found = [one for one in await self._engine.statuses(behind=True) if wanted.has(one)]
        shown, more = page(found, ORDERS, sort, limit, after)
        told: dict[str, object] = {"items": [shapes.status_tree(one) for one in shown]}
        return Response(_JSON.dump_json(told if more is None else told | {"next": more}), media_type="application/json")

    async def _newest(self) -> _Written:
        statuses, part = await self._engine.statuses(behind=True), asking().who.rights.where(Action.READ)
        async with self._writing:
            written = self._written.get(part)
            if written is None or written.of is not statuses:
                if len(self._written) >= PARTS:
                    self._written.clear()
                written = self._written[part] = await asyncio.to_thread(_write, statuses)
            return written


def _write(statuses: tuple[Status, ...]) -> _Written:
    plain = _JSON.dump_json({"items": [shapes.status_tree(one) for one in statuses]})
    packer = zlib.compressobj(LITTLE_EFFORT, wbits=GZIP_WBITS)
    packed = packer.compress(plain) + packer.flush()
    return _Written(statuses, plain, packed, f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"')
