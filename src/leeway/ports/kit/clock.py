"""A clock that moves only when a test says so."""

from __future__ import annotations

import asyncio


class VirtualClock:
    """`leeway.ports.clock.Clock` for tests and backtests. `advance` moves time; `jump` moves the wall clock alone.

    Nothing happens by itself: who sleeps wakes when `advance` passes the moment, in the order of the moments.
    """

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._wall = start
        self._passed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> float:
        """Wall time in epoch seconds."""
        return self._wall

    def monotonic(self) -> float:
        """Seconds advanced since the start; `jump` does not move it."""
        return self._passed

    async def sleep(self, seconds: float) -> None:
        """Until time has been advanced by so much; not at all for zero or less, except to let others run."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        self._count += 1
        woken = asyncio.get_running_loop().create_future()
        sleeper = (self._passed + seconds, self._count, woken)
        self._sleepers.append(sleeper)
        try:
            await woken
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    async def advance(self, seconds: float) -> None:
        """Moves time on, stopping at every moment that somebody sleeps to, so that they act at their own time."""
        end = self._passed + seconds
        await self._settle()
        while due := [sleeper for sleeper in self._sleepers if sleeper[0] <= end]:
            moment, _, woken = sleeper = min(due, key=lambda each: each[:2])
            self._sleepers.remove(sleeper)
            self._pass_until(moment)
            if not woken.done():
                woken.set_result(None)
            await self._settle()
        self._pass_until(end)

    def jump(self, seconds: float) -> None:
        """The wall clock was set, forwards or back; waiting is not affected."""
        self._wall += seconds

    def _pass_until(self, moment: float) -> None:
        self._wall += max(0.0, moment - self._passed)
        self._passed = max(self._passed, moment)

    @staticmethod
    async def _settle() -> None:
        for _ in range(10):  # lets those who woke run, and those whom they woke
            await asyncio.sleep(0)
