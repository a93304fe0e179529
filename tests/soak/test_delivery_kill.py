"""The law of delivery: kill the server at any moment, and every page that was recorded reaches everyone it is for.

Alone, or in a message that tells of many and names them all in its count. A kill costs one copy at most, a lease later
and under the same key. What is marked as delivered is never sent again, and nothing is sent that was not recorded.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.soak.receiving import Point, Receiver, Victim, listening

from leeway.channels import webhook
from leeway.channels.webhook.compose import event
from leeway.core.alerting.life import Life, Phase
from leeway.core.alerting.policy import Severity
from leeway.engine.alerts import deliver
from leeway.engine.alerts.deliver import LEASE_S, Deliverer
from leeway.net import Credentials, Egress, Outside, Secret
from leeway.ports.alerts import Alert, Outgoing, Standing, Turn
from leeway.ports.channel import Event, Message
from leeway.ports.legible import copy_key
from leeway.store import open_state

SEED = 20261124
BEGIN = 1_771_200_000
POLICY = "urgent"
MOST_AT_ONCE = 3
ALONE, STORM = 12, 20
"""So many alerts each for a recipient of its own, then so many at once for the team, and so on."""
OLD_AGE_S = 10 * 365 * 86_400


def in_storm(number):
    """True for an alert that begins at once with others."""
    return number % (ALONE + STORM) >= ALONE


def recipient_of(number):
    """Whom an alert is for."""
    return "team" if in_storm(number) else f"on-call-{number}"


def page(number):
    """The message of an alert: the same whenever it is recorded or expected."""
    at = BEGIN + number
    key = f"bar-{number}/main/{POLICY}/{at}"
    return Message(
        key, Event.FIRED, Severity.PAGE, f"bar {number} burns", ("It does.",), f"bar-{number}", "main", at=at
    )


def turn(number, now):
    """The alert, where it stands, and its message: to be stored in one transaction."""
    told = page(number)
    standing = Standing(Life(Phase.FIRING, since=int(told.at), fired=((0, int(told.at)),)), told.key)
    condition = "burn rate above 14.4 over 1 hour and over 5 minutes"
    alert = Alert(told.key, number, told.slo, told.objective, POLICY, told.severity, condition, int(told.at))
    return Turn((number, POLICY), standing, alert, (Outgoing(recipient_of(number), told, now),))


def looks(known):
    """What each look finds that is not in the store yet: a few alerts, or a storm whole."""
    number = 0
    while True:
        size = STORM if in_storm(number) else random.randint(1, min(MOST_AT_ONCE, ALONE - number % (ALONE + STORM)))
        if some := [each for each in range(number, number + size) if each not in known]:
            yield some
        number += size


# the server that is killed


class StandingClock:
    """Time stands still during a life: what a lease forbids stays forbidden, however slow the machine is."""

    def __init__(self, now):
        self.at = now

    def now(self):
        return float(self.at)

    def monotonic(self):
        return time.monotonic()

    async def sleep(self, seconds):
        await asyncio.sleep(min(seconds, 0.01))


class Telling:
    """The real outbox, which says what was taken and what was marked, and stops where it is to be killed."""

    def __init__(self, outbox, point, times):
        self._outbox, self._point, self._times, self._taken = outbox, point, times, {}

    def around(self, now, *, limit):
        return self._outbox.around(now, limit=limit)

    def settle(self, settlement, now, *, lease_s):
        found = self._outbox.settle(settlement, now, lease_s=lease_s)
        self._taken |= {one.number: (one.recipient, copy_key(one.message)) for one in found}
        for one in found:
            say("taken", one.recipient, copy_key(one.message))
        if found:
            self._may_stop(Point.TAKEN)
        return found

    def delivered(self, number, **how):
        self._outbox.delivered(number, **how)
        say("marked", *self._taken[number])
        self._may_stop(Point.MARKED)

    def postpone(self, number, *, error, until):
        say("postponed", *self._taken[number], error)
        self._outbox.postpone(number, error=error, until=until)

    def _may_stop(self, point):
        self._times -= self._point == point
        if self._point == point and not self._times:
            say("stopped")
            threading.Event().wait()


def say(*words):
    """A line in one piece, from any thread, however soon the end comes."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def deliverer(outbox, clock, port, life):
    """Delivers by webhooks whose address tells the life and the recipient, one after the other however slow the
    machine; they share their client, since each recipient here gets one message in its life."""
    deliver.PATIENCE_S = 60.0  # nothing hangs here
    outside = Outside(clock, Egress(frozenset({f"127.0.0.1:{port}"})))
    root = f"http://127.0.0.1:{port}/{life}"
    client = webhook.Settings(url=root).sender(outside, Credentials(), root)

    async def channel(recipient):
        return webhook.WebhookChannel(webhook.manifest, Secret(f"{root}/{recipient}"), None, client, clock)

    return Deliverer(outbox, clock, channel), client


async def serve(state, point, times, now, port, life):
    """Delivers what waits, and records alerts meanwhile: as a look does, those first that are not in the store yet."""
    known = {goal for goal, _ in state.alerts.standings()}
    delivering, _ = deliverer(Telling(state.outbox, point, times), StandingClock(now), port, life)
    delivering.start()
    for some in looks(known):
        say("recording", *some)
        await asyncio.to_thread(state.alerts.record, [turn(number, now) for number in some])
        say("recorded", *some)
        await asyncio.sleep(random.random() / 8)


def server(folder, point, times, now, port, life):
    """In a process of its own, to be killed."""
    random.seed(int(life))
    say("opening", os.getpid())
    asyncio.run(serve(open_state(Path(folder)), point, int(times), int(now), int(port), int(life)))


def launcher():
    """Forks a server for each line on its input, so that a life costs no start of Python."""
    for line in sys.stdin:
        if os.fork() == 0:
            server(*line.split())
        _, status = os.wait()
        say("dead", os.waitstatus_to_exitcode(status))


# the lives, and the law


@dataclass
class Told:
    """What the servers said of themselves, all lives together."""

    tried: set[int] = field(default_factory=set)
    recorded: set[int] = field(default_factory=set)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    marked: dict[tuple[str, str], int] = field(default_factory=dict)


def live(launched, told, receiver, line, dice):
    """One life, until it was killed where it is to be."""
    launched.stdin.write(line + "\n")
    launched.stdin.flush()
    opening, number = launched.stdout.readline().split()
    assert opening == "opening"
    receiver.victim.number.set_result(int(number))
    timer = threading.Timer(dice.uniform(0.0, 0.9), receiver.victim.kill)
    if receiver.point is Point.ANYTIME:
        timer.start()
    while True:
        word, *rest = launched.stdout.readline().split()
        match word:
            case "recording":
                told.tried.update(map(int, rest))
            case "recorded":
                told.recorded.update(map(int, rest))
            case "taken":
                told.taken[tuple(rest)] += 1
            case "marked":
                told.marked[tuple(rest)] = receiver.life
            case "stopped":
                receiver.victim.kill()
            case "dead":
                assert int(rest[0]) == -signal.SIGKILL
                break
            case _:
                pytest.fail(f"a server said {word} {' '.join(rest)}")
    if receiver.point is Point.ANYTIME:
        timer.join()


async def last_start(state, now, port, life):
    """Nobody kills it: it delivers until nothing is due any more, while time goes on."""
    clock = StandingClock(now)
    delivering, client = deliverer(state.outbox, clock, port, life)
    while waits(state.outbox):
        if not await delivering.round():
            clock.at += LEASE_S
            assert clock.at < now + 86_400, "something waits for ever"
    await client.close()


def waits(outbox):
    """True if something will ever be due."""
    return bool(outbox.around(BEGIN + OLD_AGE_S, limit=1).due)


@pytest.fixture
def launched():
    command = [sys.executable, "-c", "from tests.soak.test_delivery_kill import launcher; launcher()"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        yield process
        process.stdin.close()


@pytest.mark.timeout(1800)
def test_every_recorded_page_arrives_whatever_is_killed_and_copies_are_known_by_their_key(
    tmp_path: Path, rounds, launched
):
    """200 kills (a tenth in the short run), in turn before the request, after it, after its answer, after the mark and
    at random moments, of recording too. The next life begins up to two leases later: some meet leases of the dead."""
    dice, receiver, told, now = random.Random(SEED), Receiver(), Told(), BEGIN
    kills = rounds(200)
    with listening(receiver) as port:
        for life, point in zip(range(kills), itertools.cycle(Point), strict=False):
            times = dice.randint(1, 4)
            receiver.life, receiver.point, receiver.times, receiver.victim = life, point, times, Victim()
            live(launched, told, receiver, f"{tmp_path} {point} {times} {now} {port} {life}", dice)
            if point is Point.TAKEN and times == 1:
                assert not [one for one in receiver.arrivals if one.life == life], "sent though killed before"
            now += dice.randint(1, 2 * int(LEASE_S))
        receiver.life, receiver.point = kills, Point.ANYTIME
        with closing(open_state(tmp_path)) as state:
            asyncio.run(last_start(state, now, port, kills))
            alone, together = assert_all_is_delivered(state, told)
    copies = assert_arrived(receiver, told, alone, together, kills)
    figures = f"{len(alone)} alerts alone, {sum(together.values())} in {len(together)} messages, {copies} copies"
    print(f"{kills} kills: {figures}")  # noqa: T201 — figures for people, with -rP
    assert len(told.recorded) > kills / 2, "the servers hardly did anything"
    assert together
    assert copies >= len(receiver.cut) > 0


def assert_all_is_delivered(state, told):
    """Alerts are stored whole or not at all, those that were acknowledged are, and each was told of: those alone by
    the name under which they go, and how many were told of under each name together."""
    numbers = {goal for goal, _ in state.alerts.standings()}
    assert told.recorded <= numbers <= told.tried
    alone, together = {}, Counter()
    for number in told.tried:
        message, recipient = page(number), recipient_of(number)
        fates = state.outbox.deliveries(message.key)
        assert (state.alerts.alert(message.key) is not None) == (number in numbers)
        assert [one.recipient for one in fates] == [recipient] * (number in numbers)
        for one in fates:
            assert one.sent_at is not None, "recorded, and never sent"
            assert one.error == ""
            assert bool(one.together) == in_storm(number)
            if one.together:
                (by,) = state.outbox.deliveries(one.together)
                assert by.recipient == recipient
                together[recipient, copy_key(replace(message, key=one.together))] += 1
            else:
                alone[recipient, copy_key(message)] = message
    assert not waits(state.outbox)
    return alone, together


def assert_arrived(receiver, told, alone, together, kills):
    """All that is stored arrived, and nothing else did; how many copies there were."""
    arrived = defaultdict(list)
    for one in sorted(receiver.arrivals, key=lambda one: one.life):
        arrived[one.recipient, one.name].append(one)
    assert arrived.keys() == alone.keys() | together.keys(), "recorded, and never sent, or the other way round"
    for which, copies in arrived.items():
        if which in alone:
            assert {one.body for one in copies} == {event(alone[which])}, "the same name, another message"
        else:
            counts = [int(json.loads(one.body)["data"]["facts"]["alerts"]) for one in copies]
            assert counts == sorted(counts), "it told of fewer than before"
            assert counts[-1] == together[which], "somebody is told together and not counted"
        assert all(later.sent - one.sent >= LEASE_S for one, later in itertools.pairwise(copies)), "sent on a lease"
        assert copies[-1].life <= told.marked.get(which, kills), "sent though marked"
        assert len(copies) <= told.taken[which] + (copies[-1].life == kills), "sent and not taken"
    for one in receiver.cut:
        assert arrived[one.recipient, one.name][-1].life > one.life, "its sender died unanswered"
    repeated = Counter(one.life for copies in arrived.values() for one in copies[:-1])
    assert max(repeated.values(), default=0) <= 1, "a kill made more than one copy"
    return repeated.total()
