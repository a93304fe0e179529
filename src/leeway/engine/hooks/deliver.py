"""Delivery to hooks: what waits is taken on a lease and posted until the receiver takes it, or a day has passed.

Of each hook one is under way at a time, so that a slow receiver holds up nobody but itself. Of one subject (an
objective, a document) all come in the order in which they happened: what comes later waits.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from leeway.engine.hooks.news import TEST
from leeway.engine.threads import whole
from leeway.errors import Denied, Forbidden, LeewayError, Permanent
from leeway.ports.channel import ATTEMPT_S
from leeway.ports.clock import Clock
from leeway.ports.hooks import Delivery, Hook, HookStore, Line, Try

LEASE_S = 60.0
FIRST_S, LONGEST_S = 1.0, 300.0
LONGEST_ASKED_S = 3_600.0
GIVE_UP_S = 24 * 3_600.0
REFUSED_S = 3_600.0
"""For so long what the receiver refuses is offered again: it may have been a fault of its own."""
ANSWER = 1_000
"""Characters of an answer that are kept."""

log = structlog.get_logger(__name__)


class Courier:
    """`open_line` is the way to the receiver of a hook; raises Invalid, Forbidden or NotFound."""

    def __init__(
        self,
        store: HookStore,
        clock: Clock,
        open_line: Callable[[Hook], Awaitable[Line]],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._store, self._clock, self._open, self._jitter = store, clock, open_line, jitter
        self._busy: dict[int, asyncio.Task[None]] = {}

    async def round(self, hooks: Mapping[int, Hook]) -> None:
        """Begins to deliver to each of these for whom something is due, and who is not being delivered to."""
        for number in await whole(lambda: self._store.due(self._clock.now())):
            if number in hooks and number not in self._busy:
                task = asyncio.create_task(self._drain(hooks[number]), name=f"hook {number}")
                self._busy[number] = task
                task.add_done_callback(partial(self._done, number))

    def _done(self, number: int, _task: asyncio.Task[None]) -> None:
        del self._busy[number]

    async def close(self) -> None:
        """Ends; what was not marked is taken again later."""
        running = list(self._busy.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _drain(self, hook: Hook) -> None:
        """One after the other, up to the first that the receiver does not take: it may be down."""
        try:
            while one := await whole(lambda: self._store.take(hook.number, self._clock.now(), lease_s=LEASE_S)):
                done = await self._try(hook, one)
                await whole(partial(self._store.tried, one.number, done))
                if not done.taken:
                    return
        except LeewayError as error:
            log.warning("what became of an event cannot be noted; it comes once more", error=str(error))
        except Exception:  # one of the worker loops: a fault of ours with one hook must be seen, and stop no other
            log.exception("an event failed in a way nobody foresaw; it comes once more")

    async def _try(self, hook: Hook, one: Delivery) -> Try:
        status, answer, error = None, "", None
        try:
            async with asyncio.timeout(ATTEMPT_S):
                line = await self._open(hook)
                try:
                    reply = await line.post(one.parcel.event, one.parcel.body)
                finally:
                    await line.close()
                status, answer, error = reply.status, reply.answer[:ANSWER], reply.error
        except TimeoutError:
            error = LeewayError("no answer in time")
        except LeewayError as failed:
            error = failed
        now = self._clock.now()
        if error is None:
            return Try(now, status, answer, "", None)
        log.warning("an event was not delivered", hook=hook.number, delivery=one.number, error=str(error))
        return Try(now, status, answer, str(error), self._again_at(one, error, now))

    def _again_at(self, one: Delivery, error: LeewayError, now: float) -> float | None:
        """Doubling pauses with jitter, or as the receiver asks, if not for ever; None when it is given up."""
        refused = isinstance(error, Permanent) and not isinstance(error, Denied | Forbidden)
        if one.parcel.type == TEST or now - one.parcel.due_at > (REFUSED_S if refused else GIVE_UP_S):
            return None  # whoever tests looks at the answer
        pause = min(LONGEST_S, FIRST_S * 2.0 ** min(one.attempts - 1, 10))
        asked = min(LONGEST_ASKED_S, getattr(error, "retry_after_s", None) or 0.0)
        return now + max(pause * (0.5 + self._jitter() / 2), asked)
