"""Delivery: takes messages on a lease and hands each to its recipient's channel until the channel takes it.

Killed before the request: the lease ends and the message goes out. Killed after it and before the mark: it goes out
once more, under the same key. Killed after the mark: nothing more happens.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from leeway.errors import LeewayError, Transient
from leeway.ports.alerts import AlertStore, Taken
from leeway.ports.channel import Channel
from leeway.ports.clock import Clock

LEASE_S = 60.0
PAUSE_S = 1.0
FIRST_S, LONGEST_S = 1.0, 60.0
GIVE_UP_S = 24 * 3_600.0
AT_ONCE = 16

log = structlog.get_logger(__name__)


class Deliverer:
    """`channel` finds the channel of a recipient by its exact name. Raises NotFound if nobody is called so."""

    def __init__(
        self,
        store: AlertStore,
        clock: Clock,
        channel: Callable[[str], Awaitable[Channel]],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._clock, self._channel, self._jitter = store, clock, channel, jitter
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to deliver what waits."""
        self._task = asyncio.create_task(self._run(), name="deliver")

    async def close(self) -> None:
        """Ends; what was not marked is taken again later."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def round(self) -> int:
        """Takes what is due and tries each once; how many there were."""
        now = self._clock.now()
        taken = await asyncio.to_thread(self._store.take, now, lease_s=LEASE_S, limit=AT_ONCE)
        await asyncio.gather(*(self._deliver(one) for one in taken))
        return len(taken)

    async def _run(self) -> None:
        while True:
            try:
                tried = await self.round()
            except LeewayError as error:
                log.warning("messages cannot be taken", error=str(error))
                tried = 0
            if not tried:
                await self._clock.sleep(PAUSE_S)

    async def _deliver(self, one: Taken) -> None:
        try:
            async with asyncio.timeout(LEASE_S / 2):
                done = await (await self._channel(one.recipient)).send(one.message)
        except (LeewayError, TimeoutError) as error:
            until = self._again_at(one, error)
            log.warning("a message was not delivered", recipient=one.recipient, key=one.message.key, error=str(error))
            told = str(error) or "no answer in time"
            await asyncio.to_thread(self._store.postpone, one.number, error=told, until=until)
            return
        at = self._clock.now()
        await asyncio.to_thread(self._store.delivered, one.number, at=at, reference=done.reference)

    def _again_at(self, one: Taken, error: Exception) -> float | None:
        """Doubling pauses with jitter, or as the channel asks; None after a day, with the error kept for people to see.

        What is permanent to the channel (a wrong password) is not so to people, who can mend it: it is tried seldom.
        """
        now = self._clock.now()
        if now - one.first_due_at > GIVE_UP_S:
            return None
        soon = isinstance(error, Transient | TimeoutError)
        pause = min(LONGEST_S, FIRST_S * 2.0 ** min(one.attempts, 10)) if soon else LONGEST_S
        return now + max(pause * (0.5 + self._jitter() / 2), getattr(error, "retry_after_s", None) or 0.0)
