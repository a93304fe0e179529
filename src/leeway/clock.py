"""The machine's clock: the one place that asks it. Everybody else takes the time as an argument, or a Clock."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """`leeway.ports.clock.Clock` over the machine's own."""

    def now(self) -> float:
        """Wall time in epoch seconds."""
        return time.time()  # noqa: TID251 — this is the Clock that everybody else is told to ask

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """On the monotonic clock; asyncio waits so."""
        await asyncio.sleep(max(0.0, seconds))
