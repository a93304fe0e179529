"""A notifier is down for half an hour, in every way in which one can be: who hears of a page, and when."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import product

import pytest
from tests.engine.test_engine import SLO, House, apply, batch

from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Severity
from leeway.engine.alerts import deliver
from leeway.engine.alerts.deliver import Deliverer
from leeway.engine.views import SourceText
from leeway.errors import Denied, LeewayError, Throttled, TimedOut, Transient, Unreachable
from leeway.ports.alerts import Outgoing, Standing, Turn
from leeway.ports.channel import ATTEMPT_S, Delivered, Event, Manifest, Message, Skill
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_alerts import MemoryAlerts
from leeway.ports.legible import copy_key

NAMES = ("bar", "cellar", "door", "kitchen")
FALLBACK_S = 60
RECOVERY_S = 60
"""Within this time of its return a channel has what it missed."""

MINUTE = 60
OUTAGE_S = 30 * MINUTE

WAYS = {
    "500": (0.0, Transient("answered 500")),
    "429": (0.0, Throttled("answered 429", retry_after_s=30.0)),
    "401": (0.0, Denied("answered 401")),
    "hangs": (ATTEMPT_S, TimedOut("no answer")),
    "closes": (0.0, Unreachable("hung up without a word")),
    "half an answer": (0.1, Unreachable("the answer broke off")),
}
"""After how many seconds what comes of a request."""

POLICY = """
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: burns}
spec:
  severity: page
  conditions: [{burnRate: 14.4, long: 1h, short: 5m}]
  notify: [on-call, owner]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, people: 1, fallback: desk}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: owner}
spec: {channel: inbox, people: 1}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: desk}
spec: {channel: inbox, people: 1}
"""


class Notifier:
    """A channel whose far side is down until a moment; `came` are requests, `taken` those that it answered."""

    manifest = Manifest("notifier", "Notifier", frozenset({Skill.DEDUPLICATE, Skill.PAGE}), people=1)

    def __init__(self, clock, way=None, until=0.0):
        self._clock, self._way, self.until = clock, way, until
        self.came, self.taken = [], []

    async def send(self, message):
        at = self._clock.now()
        self.came.append(message)
        if at < self.until:
            after_s, error = WAYS[self._way] if isinstance(self._way, str) else self._way
            await self._clock.sleep(after_s)
            raise error
        self.taken.append((at, message))
        return Delivered("#")

    async def close(self):
        """There is nothing to release."""


class InTurn(ThreadPoolExecutor):
    """Runs what is meant for threads at once: no virtual time passes while a real thread is being waited for."""

    def submit(self, work, /, *args, **kwargs):
        future = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except LeewayError as error:
            future.set_exception(error)
        return future


def run(story):
    """The story, with everything at its own virtual time."""

    async def whole():
        asyncio.get_running_loop().set_default_executor(InTurn())
        await story

    asyncio.run(whole())


async def pass_time(clock, seconds):
    """Second by second, so that what a moment sets off happens in that moment."""
    for _ in range(int(seconds)):
        await clock.advance(1)
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch):
    """A request that hangs holds up the next for a second of real time; in virtual time it need not."""
    monkeypatch.setattr(deliver, "PATIENCE_S", 0.0)


# the whole engine


def definitions():
    """Four SLOs under one policy, which tells two; behind one of them stands the desk."""
    slos = [SLO.format(name=name, what="greeted", window="30d", target=0.999) for name in NAMES]
    watched = [f"{text}  alertPolicies: [{{alertPolicyRef: burns}}]\n" for text in slos]
    return (SourceText("slo.yaml", "---".join([*watched, POLICY])),)


async def push(engine, clock, burning, minutes_back=1):
    """What happened in the last minutes: nobody is greeted where it burns, everybody elsewhere."""
    now = int(clock.now()) // MINUTE * MINUTE
    rows = [
        (number, now - MINUTE * back, 0 if name in burning else 1_000, 1_000)
        for number, name in enumerate(NAMES)
        for back in range(1, 1 + minutes_back)
    ]
    await engine.push(batch(*rows, names=NAMES), None)


def first(notifier):
    """When each page was first taken, by SLO."""
    return {message.slo: at for at, message in reversed(notifier.taken)}


@pytest.mark.parametrize("way", WAYS)
def test_half_an_hour_without_a_notifier_loses_no_page(way):
    """Pages that are decided in it reach the fallback after a minute, and everybody within a minute of its return;
    nobody is told twice, and all requests for one page have one key."""
    house = House()
    clock, begin = house.clock, house.clock.now()
    desk, oncall, owner = (Notifier(clock), *(Notifier(clock, way, begin + OUTAGE_S) for _ in range(2)))
    house.channels = {"on-call": oncall, "owner": owner, "desk": desk}

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions())
            await push(engine, clock, (), minutes_back=70)
            for minute in range(OUTAGE_S // MINUTE):
                await push(engine, clock, NAMES[: 1 + minute // 9])
                await pass_time(clock, MINUTE)
            asked = len(oncall.came), len(owner.came)
            await pass_time(clock, RECOVERY_S)
            alerts = await engine.alarm.alerts(None, up=True, limit=10)
            decided = {
                alert.slo: told.due_at
                for alert in alerts
                for told in await engine.alarm.deliveries(alert.key)
                if told.recipient == "owner"
            }
            assert set(decided) == set(NAMES)
            for slo, at in first(desk).items():
                assert FALLBACK_S <= at - decided[slo] <= FALLBACK_S + 5
            for notifier in (oncall, owner, desk):
                assert sorted(message.slo for _, message in notifier.taken) == sorted(NAMES)
            assert min(asked) > len(NAMES), "it was hardly tried"
            for notifier in (oncall, owner):
                assert min(at for at, _ in notifier.taken) >= notifier.until
                assert {copy_key(message) for message in notifier.came} == {f"{one.key}.fired" for one in alerts}
            await pass_time(clock, 5 * MINUTE)
            assert [len(notifier.taken) for notifier in (oncall, owner, desk)] == [len(NAMES)] * 3

    run(story())


# delivery alone


class Post:
    """An outbox with a deliverer, whose pauses are as long as they can be, and a notifier for each recipient."""

    def __init__(self):
        self.clock, self.outbox, self.notifiers = VirtualClock(), MemoryAlerts(), {}
        self._deliverer = Deliverer(self.outbox, self.clock, self._channel, jitter=lambda: 0.999)

    async def _channel(self, recipient):
        return self.notifiers[recipient]

    def page(self, recipient, way=None, down_s=0.0):
        """A page for somebody whose notifier is down for so long."""
        now, number = self.clock.now(), len(self.notifiers)
        self.notifiers[recipient] = Notifier(self.clock, way, now + down_s)
        message = Message(f"k{number}", Event.FIRED, Severity.PAGE, "it burns", (), f"slo-{number}", at=now)
        self.outbox.record([Turn((number, "fast"), Standing(Life()), None, (Outgoing(recipient, message, now),))])

    async def deliver(self, seconds):
        """Delivers for so long."""
        delivering = asyncio.create_task(self._deliver())
        await pass_time(self.clock, seconds)
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
        await self._deliverer.close()

    async def _deliver(self):
        while True:
            if not await self._deliverer.round():
                await self.clock.sleep(deliver.PAUSE_S)

    def late(self, recipient):
        """How long after the return of its notifier, or after it began, a page was taken."""
        notifier = self.notifiers[recipient]
        ((at, _),) = notifier.taken
        return at - notifier.until


def test_whenever_a_notifier_returns_it_has_its_page_within_a_minute():
    """Also with the longest pauses, and when it returns in the middle of a request that hangs."""

    async def story():
        post, returns = Post(), range(OUTAGE_S - 90, OUTAGE_S, 7)
        for way, down_s in product(WAYS, returns):
            post.page(f"{way} {down_s}", way, down_s)
        await post.deliver(OUTAGE_S + 2 * RECOVERY_S)
        late = {name: post.late(name) for name in post.notifiers}
        assert {name: seconds for name, seconds in late.items() if seconds > RECOVERY_S} == {}

    run(story())


def test_a_hundred_notifiers_that_hang_keep_no_page_from_those_that_work():
    """Neither a new one nor one whose notifier has come back."""

    async def story():
        post = Post()
        for number in range(100):
            post.page(f"hangs {number}", "hangs", 86_400)
        post.page("returns", "hangs", 10 * MINUTE)
        await post.deliver(10 * MINUTE)
        post.page("works")
        await post.deliver(2 * RECOVERY_S)
        assert post.late("works") <= RECOVERY_S
        assert len(post.notifiers["returns"].taken) == 1

    run(story())


def test_a_channel_that_asks_for_years_of_patience_is_asked_again_soon():
    """A wrong Retry-After must not lose a page: nobody stands behind this one."""

    async def story():
        post = Post()
        post.page("ann", (0.0, Throttled("answered 429", retry_after_s=999_999_999.0)), MINUTE)
        await post.deliver(30 * MINUTE)
        assert len(post.notifiers["ann"].taken) == 1

    run(story())
