"""Work in a thread that must come to its end, whatever becomes of who asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Done = TypeVar("Done")


async def whole(work: Callable[[], Done]) -> Done:
    """In a thread, and to its end: who cancels this waits, so that nothing writes into a folder that is given up."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise
