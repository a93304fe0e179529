"""What accounts and keys share: the register in memory, the store behind it, and the words of the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from leeway.engine.people.register import Doer, Register, ran_out
from leeway.errors import Transient
from leeway.ports.clock import Clock
from leeway.ports.legible import one_line
from leeway.ports.people import Act, Key, KeyKind, PeopleStore

T = TypeVar("T")

NOTE_S = 60.0
"""How often it is stored when keys were used last: not at every request."""

MOST = 200
"""Letters of a name that the log keeps."""


class Desk:
    """Who it is is told from memory; every change is stored first."""

    def __init__(self, store: PeopleStore, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.register = Register.of((), ())
        self._changing = asyncio.Lock()
        self._used: dict[int, float] = {}
        self._noted_at = clock.now()
        self._noting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reads the register."""
        self.register = await asyncio.to_thread(self._read)

    async def close(self) -> None:
        """Stores what is only in memory."""
        if self._noting is not None:
            await self._noting
        await self._note(self._used)

    async def change(self, work: Callable[[], T]) -> T:
        """One change of the store, in a thread; the register follows. What it raises has changed nothing."""
        async with self._changing:
            try:
                return await asyncio.to_thread(work)
            finally:
                self.register = await asyncio.to_thread(self._read)

    def key(self, kind: KeyKind, secret: str) -> Key | None:
        """The key of this secret that is good now."""
        return self.register.key(kind, secret, self.clock.now())

    def use(self, key: Key) -> None:
        """Notes that it was used now."""
        now = self.clock.now()
        self._used[key.number] = now
        if key.kind is KeyKind.SESSION and now - (key.used_at or key.made_at) > NOTE_S:
            self.register = replace(self.register, keys={**self.register.keys, key.digest: replace(key, used_at=now)})
        if now - self._noted_at > NOTE_S and (self._noting is None or self._noting.done()):
            used, self._used, self._noted_at = self._used, {}, now
            self._noting = asyncio.create_task(self._note(used), name="keys used")

    def stands(self, number: int | None) -> bool:
        """True for a key that is good now; what needs no key (None) stands for ever."""
        now = self.clock.now()
        keys = self.register.keys.values()
        return number is None or any(key.number == number and not ran_out(key, now) for key in keys)

    def last_used(self, key: Key) -> float | None:
        """When it was, as far as anybody knows."""
        return self._used.get(key.number, key.used_at)

    def ran_out(self, kinds: Sequence[KeyKind]) -> list[int]:
        """The numbers of keys of these kinds that are good for nothing any more."""
        now = self.clock.now()
        return [key.number for key in self.register.keys.values() if key.kind in kinds and ran_out(key, now)]

    def act(self, doer: Doer, what: str, subject: str, before: str = "", after: str = "") -> Act:
        """One line of the log."""
        who = one_line(doer.who.name, MOST) or "nobody"
        return Act(self.clock.now(), who, doer.place, what, one_line(subject, MOST), before, after)

    async def _note(self, used: dict[int, float]) -> None:
        try:
            await asyncio.to_thread(self.store.used, used)
        except Transient:  # a full disk, for one, which `health` tells; the next minute tries again
            self._used = used | self._used

    def _read(self) -> Register:
        return Register.of(self.store.people(), self.store.keys())
