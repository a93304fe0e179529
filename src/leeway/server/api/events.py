"""`GET /api/v1/events`: what happens, as server-sent events; one look at the engine serves all who read."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Annotated, Protocol

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from leeway.client.events import Ended
from leeway.errors import Throttled, Transient
from leeway.ports.clock import Clock
from leeway.server.api.news import Look, happened, part, tick
from leeway.server.engine_port import EnginePort

LOOK_S = 2.0
HEART_S = 15.0
"""Without an event for so long a comment is sent: proxies and readers see that the line holds."""

LINGER_S = 60.0
"""So long after the last reader left it is still known what happened, for readers who come back."""

KNOWN = 1_000
"""Events that are kept for readers who come back."""

BEHIND = 256
"""Events that wait for one reader; who is further behind is sent away."""

READERS = 100
NEWEST = 500
"""Alerts that are looked at beside those that are up."""

SLOW = Ended(reason="you read too slowly", mend="connect again with Last-Event-ID")
END = Ended(reason="the server stops", mend="connect again with Last-Event-ID")
GAP = Ended(reason="some of what happened is not known any more", mend="ask for the lists again")


class Reader(Protocol):
    """Who reads, for as long as the stream is open."""

    def sees(self, slo: str) -> bool:
        """True if they may see this SLO."""

    def sees_all(self) -> bool:
        """True if they may see whatever there is."""

    def stays(self) -> bool:
        """False if they may not read any more."""


class Everybody:
    """Where nobody has an account."""

    def sees(self, slo: str) -> bool:  # noqa: ARG002 — whichever it is
        """Yes."""
        return True

    def sees_all(self) -> bool:
        """Yes."""
        return True

    def stays(self) -> bool:
        """Yes."""
        return True


@dataclass(frozen=True, slots=True)
class _Event:
    number: int
    name: str
    data: BaseModel
    id: str
    text: bytes

    def part(self, reader: Reader) -> bytes:
        """What a reader may see of it, b"" if that is nothing."""
        if reader.sees_all():
            return self.text
        data = part(self.data, reader.sees)
        return b"" if data is None else _written(self.name, data, self.id)


@dataclass(slots=True, eq=False)
class _Reader:
    waiting: asyncio.Queue[_Event | None] = field(default_factory=lambda: asyncio.Queue(BEHIND))
    last: bytes | None = None
    """What it is told when it has read all that waits; then it is sent away."""

    def end(self, last: bytes) -> None:
        if self.last is None and not self.waiting.full():
            self.waiting.put_nowait(None)  # wakes it
        self.last = self.last or last

    def tell(self, event: _Event) -> None:
        if self.last is None and self.waiting.full():
            self.last = _written("slow", SLOW)
        if self.last is None:
            self.waiting.put_nowait(event)


class Feed:
    """Looks at the whole engine as long as anybody reads; `who` reads is asked when a stream begins."""

    def __init__(self, engine: EnginePort, clock: Clock, who: Callable[[], Reader] = Everybody) -> None:
        self._engine, self._clock, self._who = engine, clock, who
        self._readers: set[_Reader] = set()
        self._known: deque[_Event] = deque(maxlen=KNOWN)
        self._run, self._number = secrets.token_hex(4), count(1)
        self._looked: Look | None = None
        self._task: asyncio.Task[None] | None = None
        self._looking = asyncio.Lock()
        self._over = False

    def admit(self) -> None:
        """Raises Throttled if there are too many readers."""
        if len(self._readers) >= READERS:
            raise Throttled(f"{READERS} read already", mend="share one stream, or come back later", retry_after_s=5)

    async def stream(self, seen: str) -> AsyncIterator[bytes]:
        """Events after the one that was `seen` last, "" if none was; then those that come; of what they may see."""
        who = self._who()
        if self._task is None or self._task.done():
            self._begin()
        async with self._looking:
            looked = self._looked = self._looked or await self._look()
        reader = _Reader()
        self._readers.add(reader)
        try:
            for text in self._missed(seen, looked, who):  # worked out at once: what happens from here on waits
                yield text
            while who.stays():
                if self._over:
                    reader.end(_written("end", END))
                if reader.waiting.empty() and reader.last is not None:
                    yield reader.last
                    return
                try:
                    event = await asyncio.wait_for(reader.waiting.get(), HEART_S)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event is not None and (text := event.part(who)):
                    yield text
        finally:
            self._readers.discard(reader)

    def close(self) -> None:
        """Ends all streams, each with what waits for it, and looks no more."""
        self._over = True
        if self._task is not None:
            self._task.cancel()
        for reader in self._readers:
            reader.end(_written("end", END))

    def _begin(self) -> None:
        self._known.clear()
        self._run, self._number, self._looked = secrets.token_hex(4), count(1), None
        self._task = asyncio.create_task(self._keep_looking(), name="events")

    def _missed(self, seen: str, looked: Look, who: Reader) -> list[bytes]:
        """To a newcomer where the engine stands; to one who comes back what it missed, or that this is not known."""
        run, _, number = seen.rpartition("-")
        oldest = self._known[0].number if self._known else 1
        if run == self._run and number.isdecimal() and int(number) >= oldest - 1:
            missed = [event.part(who) for event in self._known if event.number > int(number)]
            return [text for text in missed if text]
        newest = self._known[-1].number if self._known else 0
        now = _written(*tick(looked, []), f"{self._run}-{newest}")
        return [_written("gap", GAP), now] if seen else [now]

    async def _keep_looking(self) -> None:
        lonely_s = 0.0
        try:
            while lonely_s < LINGER_S:
                await self._clock.sleep(LOOK_S)
                lonely_s = 0.0 if self._readers else lonely_s + LOOK_S
                async with self._looking:
                    try:
                        after = await self._look()
                    except Transient:  # a full disk, for one, which `health` tells; the next look sees what was missed
                        continue
                    before, self._looked = self._looked, after
                for name, data in happened(before, after) if before else ():
                    self._tell(name, data)
        finally:
            for reader in self._readers:  # nobody waits for what does not come
                reader.end(_written("end", END))

    def _tell(self, name: str, data: BaseModel) -> None:
        number = next(self._number)
        named = f"{self._run}-{number}"
        event = _Event(number, name, data, named, _written(name, data, named))
        self._known.append(event)
        for reader in self._readers:
            reader.tell(event)

    async def _look(self) -> Look:
        health, statuses = self._engine.health(), await self._engine.statuses()
        up = await self._engine.alarm.alerts(None, up=True, limit=10_000)
        newest = await self._engine.alarm.alerts(None, up=False, limit=NEWEST)
        return Look(
            health.head,
            health.evaluated_at,
            statuses,
            {one.key: one for one in (*up, *newest)},
            frozenset(one.key for one in up if one.resolved_at is None),
            {one.id: one for one in await self._engine.jobs()},
        )


def _written(name: str, data: BaseModel, number: str = "") -> bytes:
    """One event; JSON has no line breaks of its own."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {name}\ndata: {data.model_dump_json()}\n\n".encode()


class Events(StreamingResponse):
    """Server-sent events, as browsers read them."""

    media_type = "text/event-stream"


def events(api: APIRouter, feed: Feed) -> None:
    """Adds the address."""

    @api.get("/events", summary="What happens, as server-sent events", response_class=Events)
    async def stream(
        last_event_id: Annotated[str, Header(max_length=100, description="The last one that was seen")] = "",
    ) -> Events:
        feed.admit()
        return Events(feed.stream(last_event_id), headers={"cache-control": "no-store"})
