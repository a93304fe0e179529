"""What of one attempt may fail without the attempt being lost, and the time that is left for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from leeway.errors import LeewayError


class TimeLeft:
    """Seconds from now on, on the running loop's own clock."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float) -> None:
        self._end = asyncio.get_running_loop().time() + seconds

    def __bool__(self) -> bool:
        return asyncio.get_running_loop().time() < self._end

    async def trouble(self, step: Awaitable[object]) -> str:
        """Does the step: "" if it was done, else why it was not. It ends with the time, whatever it waits for."""
        try:
            async with asyncio.timeout_at(self._end):
                await step
        except LeewayError as error:
            return str(error)
        except TimeoutError:
            return "no time was left for it"
        return ""
