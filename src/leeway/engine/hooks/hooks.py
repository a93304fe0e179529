"""Hooks: who subscribed to events. Looks what happened, puts it out for delivery, and answers for how that goes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from leeway.engine.hooks.deliver import Courier
from leeway.engine.hooks.news import News, Present, happened, wants
from leeway.engine.threads import whole
from leeway.errors import Conflict, Invalid, LeewayError, NotFound
from leeway.ports.clock import Clock
from leeway.ports.hooks import Count, Delivery, Fate, Hook, HookStore, Kind, Line, Parcel
from leeway.spec.library import Library

LOOK_S = 2.0
MOST = 100
KEPT_S = 30 * 86_400.0
"""So long it is known what became of what was delivered, or given up."""
PRUNE_S = 3_600.0

log = structlog.get_logger(__name__)

Write = Callable[[str, News], bytes]
"""The body of an event of this name."""


@dataclass(frozen=True, slots=True)
class Known:
    """A hook, and how its deliveries fare."""

    hook: Hook
    count: Count


class Hooks:
    """`look` tells how everything stands; `write` words an event; `name` makes a name that nothing had before."""

    def __init__(
        self,
        store: HookStore,
        clock: Clock,
        look: Callable[[Mapping[str, str]], Awaitable[Present]],
        library: Callable[[], Library],
        open_line: Callable[[Hook], Awaitable[Line]],
        write: Write,
        name: Callable[[], str],
    ) -> None:
        self._store, self._clock, self._look, self._library = store, clock, look, library
        self._open, self._write, self._name = open_line, write, name
        self._courier = Courier(store, clock, open_line)
        self._hooks: dict[int, Hook] = {}
        self._marks: Mapping[str, str] = {}
        self._looking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look; what happened since the last look of an earlier run is told."""
        self._marks = await asyncio.to_thread(self._store.marks)
        await self._read()
        self._task = asyncio.create_task(self._run(), name="hooks")

    async def close(self) -> None:
        """Ends; what waits is delivered after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._courier.close()

    async def hooks(self) -> tuple[Known, ...]:
        """All, by number."""
        counts = await asyncio.to_thread(self._store.counts)
        return tuple(Known(one, counts.get(number, Count())) for number, one in self._hooks.items())

    async def hook(self, number: int) -> Known:
        """One of them. Raises NotFound."""
        hook = self._known(number)
        counts = await asyncio.to_thread(self._store.counts)
        return Known(hook, counts.get(number, Count()))

    async def add(self, wish: Hook) -> Known:
        """A new one: what happens from now on. Raises Invalid, Forbidden or NotFound if it could not be told."""
        if len(self._hooks) >= MOST:
            raise Conflict(f"there are {MOST} hooks already", mend="remove one that nobody needs")
        await self._judge(wish)
        async with self._looking:
            await self._take_notice(begun=True)
            hook = await asyncio.to_thread(self._store.add, replace(wish, number=0, at=self._clock.now()))
            await self._read()
        return Known(hook, Count())

    async def change(self, number: int, wish: Hook) -> Known:
        """Replaces what it says; what waits is kept. Raises NotFound, and what `add` raises."""
        self._known(number)
        await self._judge(wish)
        async with self._looking:
            await self._take_notice(begun=True)
            await asyncio.to_thread(self._store.change, replace(wish, number=number, at=self._clock.now()))
            await self._read()
        return await self.hook(number)

    async def remove(self, number: int) -> Known:
        """Takes it away, with what waits for it. Raises NotFound."""
        known = await self.hook(number)
        async with self._looking:
            await asyncio.to_thread(self._store.remove, number)
            await self._read()
        return known

    async def test(self, number: int, by: str) -> Delivery:
        """Puts an event out that says of itself that it is a test; it is tried once. Raises NotFound."""
        self._known(number)
        event, now = self._name(), self._clock.now()
        news = News(Kind.TEST, "asked", f"test/{event}", "", "", now, by)
        parcel = Parcel(number, event, news.type, news.subject, self._write(event, news), now, now)
        await whole(lambda: self._store.record([parcel], {}))
        return (await self.deliveries(number, limit=1))[0]

    async def deliveries(
        self, number: int, *, fate: Fate | None = None, limit: int = 100, before: int | None = None
    ) -> tuple[Delivery, ...]:
        """The newest first. Raises NotFound."""
        self._known(number)
        return await asyncio.to_thread(lambda: self._store.deliveries(number, fate=fate, limit=limit, before=before))

    async def delivery(self, hook: int, number: int) -> Delivery:
        """One of them. Raises NotFound."""
        self._known(hook)
        found = await asyncio.to_thread(self._store.delivery, hook, number)
        if found is None:
            raise NotFound(f"hook {hook} has no delivery {number}", mend="its deliveries are listed, the newest first")
        return found

    async def redeliver(self, hook: int, number: int) -> Delivery:
        """Once more, under the same name, whatever became of it. Raises NotFound."""
        self._known(hook)
        return await asyncio.to_thread(self._store.again, hook, number, self._clock.now())

    async def round(self) -> None:
        """Looks what happened, and begins to deliver what waits."""
        async with self._looking:
            await self._take_notice()
        active = {number: one for number, one in self._hooks.items() if one.active}
        if active:
            await self._courier.round(active)

    async def _run(self) -> None:
        pruned = 0.0
        while True:
            await self._clock.sleep(LOOK_S)
            try:
                await self.round()
                if (now := self._clock.now()) - pruned > PRUNE_S:
                    pruned = now
                    await whole(lambda: self._store.prune(now - KEPT_S))
            except LeewayError as error:
                log.warning("what happened cannot be told at present", error=str(error))
            except Exception:  # the one worker loop: a fault of ours must not stop it
                log.exception("telling what happened failed in a way nobody foresaw")

    async def _take_notice(self, *, begun: bool = False) -> None:
        """Nobody to tell: forgets how things stood. `begun`: somebody is about to subscribe."""
        marks = self._marks
        if not begun and not any(one.active for one in self._hooks.values()):
            if marks:
                await whole(lambda: self._store.record((), {}, anew=True))
                self._marks = {}
            return
        news, stood = happened(marks, await self._look(marks))
        if not stood:
            return
        parcels = [parcel for one in news for parcel in self._parcels(one)]
        await whole(lambda: self._store.record(parcels, stood, anew=not marks))
        kept = {**marks, **stood}
        self._marks = {name: value for name, value in kept.items() if value is not None}

    def _parcels(self, news: News) -> list[Parcel]:
        wanted = [number for number, one in self._hooks.items() if wants(one, news)]
        if not wanted:
            return []
        event, now = self._name(), self._clock.now()
        body = self._write(event, news)
        return [Parcel(one, event, news.type, news.subject, body, news.at, now) for one in wanted]

    async def _read(self) -> None:
        self._hooks = {one.number: one for one in await asyncio.to_thread(self._store.hooks)}

    def _known(self, number: int) -> Hook:
        if number not in self._hooks:
            raise NotFound(f"there is no hook {number}", mend="`leeway hook list` has every one")
        return self._hooks[number]

    async def _judge(self, wish: Hook) -> None:
        if bool(wish.recipient) == bool(wish.url):
            raise Invalid("name one of them", place="recipient, url", mend="a Recipient, or an address with its secret")
        if wish.recipient and wish.secret:
            raise Invalid("the Recipient has its own", place="secret", mend="leave it out")
        if wish.url and not wish.secret:
            mend = "name where the secret is: {env: NAME} or {file: path}"
            raise Invalid("what is not signed can be forged", place="secret", mend=mend)
        for name in wish.slos:
            if self._library().project("SLO", name) is None:
                raise Invalid(f"there is no SLO {name!r}", place="slos", mend="`leeway get slo` lists them")
        await (await self._open(wish)).close()
