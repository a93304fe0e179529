"""People, as the server asks for them: accounts, keys and the audit log, put together over one store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from leeway.engine.people.accounts import Accounts
from leeway.engine.people.desk import Desk
from leeway.engine.people.keys import Keys
from leeway.engine.people.passwords import Hasher
from leeway.engine.people.register import Doer
from leeway.ports.clock import Clock
from leeway.ports.people import Act, PeopleStore

Deed = tuple[str, str, str, str]
"""What was done, to what, and how that was before and after."""


class People:
    """Start it once in a running loop, stop it once."""

    def __init__(self, store: PeopleStore, clock: Clock) -> None:
        self._desk, hasher = Desk(store, clock), Hasher()
        self.accounts, self.keys = Accounts(self._desk, hasher), Keys(self._desk, hasher)

    async def start(self) -> None:
        """Reads who there is."""
        await self._desk.start()

    async def stop(self) -> None:
        """Stores when keys were used last."""
        await self._desk.close()

    async def note(self, doer: Doer, deeds: Iterable[Deed]) -> None:
        """Keeps what was done by other parts of Leeway."""
        acts = [self._desk.act(doer, *deed) for deed in deeds]
        await asyncio.to_thread(self._desk.store.note, acts)

    async def acts(self, *, before: int | None = None, limit: int = 100) -> tuple[Act, ...]:
        """The audit log, the newest first; those before the line of this number."""
        return await asyncio.to_thread(lambda: self._desk.store.acts(before=before, limit=limit))
