"""The machine's clock, for programs that talk to a server and run no engine of their own."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """`leeway.ports.clock.Clock` over the machine's own."""

    def now(self) -> float:
        """Wall time in epoch seconds."""
        return time.time()  # noqa: TID251 — this is a Clock, which everybody else is told to ask

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """On the monotonic clock; asyncio waits so."""
        await asyncio.sleep(max(0.0, seconds))
