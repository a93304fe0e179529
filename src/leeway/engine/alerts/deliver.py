"""Delivery: takes messages on a lease and hands each to its recipient's channel until the channel takes it.

Killed before the request: the lease ends and the message goes out. Killed after it and before the mark: it goes out
once more, under the same key. Killed after the mark: nothing more happens. So that a kill makes one copy at most, one
request is under way at a time; a channel that does not answer soon is left to itself, and the next goes on beside it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import structlog

from leeway.engine.alerts import words
from leeway.engine.alerts.gather import gather
from leeway.engine.alerts.platform import Platform
from leeway.engine.threads import whole
from leeway.errors import LeewayError, Transient
from leeway.ports.channel import ATTEMPT_S, Channel, Event, Message
from leeway.ports.clock import Clock
from leeway.ports.outbox import Outbox, Taken

LEASE_S = 60.0
TRY_S = ATTEMPT_S
PATIENCE_S = 1.0
AT_ONCE = 32
"""Waiting for each of so many before the next, and trying the last, fits into the lease."""
PAUSE_S = 1.0
FIRST_S, LONGEST_S = 1.0, 30.0
"""With the longest pause after a try that hung to its end, who has recovered still has his page within a minute."""
LONGEST_ASKED_S = 300.0
GIVE_UP_S = 24 * 3_600.0
UNREACHABLE_S = 300.0
"""After so long the owner of the platform is told of a channel that takes nothing."""
LOOK_AT = 5_000

log = structlog.get_logger(__name__)


class Deliverer:
    """`channel` finds the channel of a recipient by its exact name. Raises NotFound if nobody is called so.

    `word` gives a message the words of its recipient.
    """

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        channel: Callable[[str], Awaitable[Channel]],
        jitter: Callable[[], float] = random.random,
        platform: Platform | None = None,
        word: Callable[[str, Message], Message] = lambda _recipient, message: message,
    ) -> None:
        self._outbox, self._clock, self._channel, self._jitter = outbox, clock, channel, jitter
        self._platform, self._word = platform, word
        self._task: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begins to deliver what waits."""
        self._task = asyncio.create_task(self._run(), name="deliver")

    async def close(self) -> None:
        """Ends; what was not marked is taken again later."""
        running = [*self._under_way, *([self._task] if self._task else [])]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def round(self) -> int:
        """Settles what is due, and tries each message that is to be sent once, new ones first; how many there were."""
        taken = await whole(self._take)
        for one in sorted(taken, key=lambda each: each.attempts > 0):
            task = asyncio.create_task(self._deliver(one), name=f"deliver {one.number}")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.wait({task}, timeout=PATIENCE_S)
        return len(taken)

    def _take(self) -> Sequence[Taken]:
        now, room = self._clock.now(), AT_ONCE - len(self._under_way)
        if not room:
            return ()
        around = self._outbox.around(now, limit=LOOK_AT)
        if not around.due:
            return ()
        settlement = gather(around, now, words.together, words.together_over)
        turn = {one.number: (one.attempts > 0, one.due_at or 0.0) for one in around.posted}
        send = sorted(settlement.send, key=turn.__getitem__)[:room]  # else a hundred that hang keep all others waiting
        return self._outbox.settle(replace(settlement, send=send), now, lease_s=LEASE_S)

    async def _run(self) -> None:
        while True:
            try:
                tried = await self.round()
            except LeewayError as error:
                log.warning("messages cannot be taken", error=str(error))
                tried = 0
            except Exception:  # the one worker loop: a fault of ours must not stop delivery
                log.exception("delivery failed in a way nobody foresaw")
                tried = 0
            if not tried:
                await self._clock.sleep(PAUSE_S)

    async def _deliver(self, one: Taken) -> None:
        try:
            await self._try(one)
        except LeewayError as error:
            log.warning("what became of a message cannot be noted; it comes once more", error=str(error))
        except Exception:  # a fault of ours in one message must be seen, and stop no other
            log.exception("a message failed in a way nobody foresaw; it comes once more")

    async def _try(self, one: Taken) -> None:
        try:
            async with asyncio.timeout(TRY_S):
                channel = await self._channel(one.recipient)
                done = await channel.send(self._word(one.recipient, one.message))
        except (LeewayError, TimeoutError) as error:
            until = self._again_at(one, error)
            log.warning("a message was not delivered", recipient=one.recipient, key=one.message.key, error=str(error))
            told = str(error) or "no answer in time"
            await whole(lambda: self._outbox.postpone(one.number, error=told, until=until))
            now, platform = self._clock.now(), self._platform
            if platform is not None and not one.again and now - one.first_due_at > UNREACHABLE_S:
                await whole(partial(platform.failed, one, told, now))
            return
        at, again_s = self._clock.now(), channel.manifest.again_s
        again_at = None if again_s is None or one.message.event is not Event.FIRED else at + again_s
        await whole(
            lambda: self._outbox.delivered(
                one.number, at=at, reference=done.reference, notes=done.notes, again_at=again_at
            )
        )
        if (platform := self._platform) is not None:
            await whole(lambda: platform.works(one.recipient, at))

    def _again_at(self, one: Taken, error: Exception) -> float | None:
        """Doubling pauses with jitter, or as the channel asks, if not for ever; None after a day, with the error kept.

        What is permanent to the channel (a wrong password) is not so to people, who can mend it: it is tried seldom.
        """
        now = self._clock.now()
        if (now - one.first_due_at > GIVE_UP_S and not one.again) or one.message.event is Event.TEST:
            return None  # whoever tests waits for the answer
        soon = isinstance(error, Transient | TimeoutError)
        pause = min(LONGEST_S, FIRST_S * 2.0 ** min(one.attempts, 10)) if soon else LONGEST_S
        asked = min(LONGEST_ASKED_S, getattr(error, "retry_after_s", None) or 0.0)
        return now + max(pause * (0.5 + self._jitter() / 2), asked)
