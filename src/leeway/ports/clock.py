"""Where time comes from. Waiting uses the monotonic clock, so a jump of the wall clock cannot hang or storm."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Wall time for stamping, monotonic time for waiting; a virtual clock serves backtests and tests."""

    def now(self) -> float:
        """Wall time in epoch seconds, UTC."""

    def monotonic(self) -> float:
        """Seconds that only grow, from an arbitrary start."""

    async def sleep(self, seconds: float) -> None:
        """Wait on the monotonic clock."""
