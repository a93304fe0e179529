"""The law of delivery: kill the server at any moment, and every page that was recorded reaches everyone it is for.

A kill costs at worst one copy of each message that was under way (AT_ONCE of them), a lease later and under the same
key. What is marked as delivered is never sent again, and nothing is sent that was not recorded.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from leeway.channels import webhook
from leeway.channels.webhook.compose import event
from leeway.core.alerting.life import Life, Phase
from leeway.core.alerting.policy import Severity
from leeway.engine.alerts.deliver import AT_ONCE, LEASE_S, Deliverer
from leeway.net import Egress, Outside
from leeway.ports.alerts import Alert, Outgoing, Standing, Turn
from leeway.ports.channel import Event, Message
from leeway.ports.legible import copy_key
from leeway.store import open_state

SEED = 20261124
BEGIN = 1_771_200_000
RECIPIENTS = ("on-call", "shop-team")
POLICY = "urgent"
MOST_AT_ONCE = 3


class Point(StrEnum):
    """Where a life ends."""

    TAKEN = "taken"
    """Before the request."""
    ARRIVED = "arrived"
    """After the request, before its answer."""
    ANSWERED = "answered"
    """After the answer: before the mark, or while it is written."""
    MARKED = "marked"
    """After the mark."""
    ANYTIME = "anytime"
    """While it starts, records, delivers."""


def page(number):
    """The message of an alert: the same whenever it is recorded or expected."""
    at = BEGIN + number
    key = f"bar-{number}/main/{POLICY}/{at}"
    return Message(
        key, Event.FIRED, Severity.PAGE, f"bar {number} burns", ("It does.",), f"bar-{number}", "main", at=at
    )


def turn(number, now):
    """The alert, where it stands, and its message to each recipient: to be stored in one transaction."""
    told = page(number)
    standing = Standing(Life(Phase.FIRING, since=int(told.at), fired=((0, int(told.at)),)), told.key)
    condition = "burn rate above 14.4 over 1 hour and over 5 minutes"
    alert = Alert(told.key, number, told.slo, told.objective, POLICY, told.severity, condition, int(told.at))
    return Turn((number, POLICY), standing, alert, tuple(Outgoing(each, told, now) for each in RECIPIENTS))


# the server that is killed


class StandingClock:
    """Time stands still during a life: what a lease forbids stays forbidden, however slow the machine is."""

    def __init__(self, now):
        self._now = now

    def now(self):
        return float(self._now)

    def monotonic(self):
        return time.monotonic()

    async def sleep(self, seconds):
        await asyncio.sleep(min(seconds, 0.01))


class Telling:
    """The real store of alerts, which says what was taken and what was marked, and stops where it is to be killed."""

    def __init__(self, alerts, point):
        self._alerts, self._point, self._taken = alerts, point, {}

    def take(self, now, *, lease_s, limit):
        found = self._alerts.take(now, lease_s=lease_s, limit=limit)
        self._taken |= {one.number: (one.recipient, one.message.key) for one in found}
        for one in found:
            say("taken", one.recipient, one.message.key)
        if found:
            self._stop_at(Point.TAKEN)
        return found

    def delivered(self, number, *, at, reference, notes=()):
        self._alerts.delivered(number, at=at, reference=reference, notes=notes)
        say("marked", *self._taken[number])
        self._stop_at(Point.MARKED)

    def postpone(self, number, *, error, until):
        say("postponed", *self._taken[number], error)
        self._alerts.postpone(number, error=error, until=until)

    def _stop_at(self, point):
        if self._point == point:
            say("stopped")
            threading.Event().wait()


def say(*words):
    """A line in one piece, from any thread, however soon the end comes."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def deliverer(alerts, now, port, life):
    """Delivers by webhooks whose address tells in which life it was."""
    clock = StandingClock(now)
    outside = Outside(clock, Egress(frozenset({f"127.0.0.1:{port}"})))
    channels = {
        each: webhook.build(webhook.Settings(url=f"http://127.0.0.1:{port}/{life}/{each}"), outside)
        for each in RECIPIENTS
    }

    async def channel(recipient):
        return channels[recipient]

    return Deliverer(alerts, clock, channel), channels.values()


async def serve(state, point, now, port, life):
    """Delivers what waits, and records alerts meanwhile: as a look does, those first that are not in the store yet."""
    known = {goal for goal, _ in state.alerts.standings()}
    numbers = (number for number in itertools.count() if number not in known)
    delivering, _ = deliverer(Telling(state.alerts, point), now, port, life)
    delivering.start()
    while True:
        some = list(itertools.islice(numbers, random.randint(1, MOST_AT_ONCE)))
        say("recording", *some)
        await asyncio.to_thread(state.alerts.record, [turn(number, now) for number in some])
        say("recorded", *some)
        await asyncio.sleep(random.random() / 20)


def server(folder, point, now, port, life):
    """In a process of its own, to be killed."""
    random.seed(int(life))
    say("opening", os.getpid())
    asyncio.run(serve(open_state(Path(folder)), point, int(now), int(port), int(life)))


def launcher():
    """Forks a server for each line on its input, so that a life costs no start of Python."""
    for line in sys.stdin:
        if os.fork() == 0:
            server(*line.split())
        _, status = os.wait()
        say("dead", os.waitstatus_to_exitcode(status))


# those who kill it, and those who are told


class Victim:
    """A process that ends in one way only: killed by this, once."""

    def __init__(self):
        self.number, self._once = Future(), threading.Lock()

    def kill(self):
        """True for the one who did it."""
        first = self._once.acquire(blocking=False)
        if first:
            os.kill(self.number.result(), signal.SIGKILL)
        return first


@dataclass(frozen=True)
class Arrival:
    """A request as it came; `sent` is the sender's time."""

    life: int
    recipient: str
    name: str
    sent: int
    body: bytes


@dataclass
class Receiver:
    """Where the webhooks go; it kills the sender, if that is how the life is to end."""

    arrivals: list[Arrival] = field(default_factory=list)
    cut: list[Arrival] = field(default_factory=list)
    life: int = -1
    point: Point = Point.ANYTIME
    victim: Victim = field(default_factory=Victim)

    def arrived(self, one):
        self.arrivals.append(one)
        if self.point is Point.ARRIVED and one.life == self.life and self.victim.kill():
            self.cut.append(one)

    def answered(self, one):
        if self.point is Point.ANSWERED and one.life == self.life:
            self.victim.kill()


class Listener(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for what is being received
    request_queue_size = 64


@contextmanager
def listening(receiver):
    """The port at which it listens."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self):
            with suppress(ConnectionError):  # who asked was killed
                super().handle()

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # killed in the middle of it
            _, life, recipient = self.path.split("/")
            name, sent = self.headers["Idempotency-Key"], int(self.headers["webhook-timestamp"])
            one = Arrival(int(life), recipient, name, sent, body)
            receiver.arrived(one)
            self.send_response(204)
            self.end_headers()
            receiver.answered(one)

        def log_message(self, *_):
            """Nobody reads it."""

    with Listener(("127.0.0.1", 0), Handler) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield listener.server_port
        finally:
            listener.shutdown()
            thread.join()


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
    """Nobody kills it: it delivers until nothing is due."""
    delivering, channels = deliverer(state.alerts, now, port, life)
    while await delivering.round():
        pass
    await asyncio.gather(*(channel.close() for channel in channels))


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
            receiver.life, receiver.point, receiver.victim = life, point, Victim()
            live(launched, told, receiver, f"{tmp_path} {point} {now} {port} {life}", dice)
            if point is Point.TAKEN:
                assert not [one for one in receiver.arrivals if one.life == life], "sent though killed before"
            now += dice.randint(1, 2 * int(LEASE_S))
        receiver.life, receiver.point = kills, Point.ANYTIME
        with closing(open_state(tmp_path)) as state:
            asyncio.run(last_start(state, now + int(LEASE_S), port, kills))
            stored = assert_all_is_delivered(state.alerts, told, now)
    copies = assert_arrived(receiver, told, stored, kills)
    print(f"{kills} kills, {len(stored)} messages, {copies} copies")  # noqa: T201 — figures for people, with -rP
    assert len(told.recorded) > kills / 2, "the servers hardly did anything"
    assert copies >= len(receiver.cut) > 0


def assert_all_is_delivered(alerts, told, now):
    """Alerts are stored whole or not at all, those that were acknowledged are, and no message waits; who was told."""
    numbers = {goal for goal, _ in alerts.standings()}
    assert told.recorded <= numbers <= told.tried
    for number in told.tried:
        key = page(number).key
        fate = [(one.recipient, one.sent_at is not None, one.error) for one in alerts.deliveries(key)]
        assert (alerts.alert(key) is not None) == (number in numbers)
        assert fate == ([(each, True, "") for each in RECIPIENTS] if number in numbers else [])
    assert alerts.take(now + 10 * 365 * 86_400, lease_s=LEASE_S, limit=1) == ()
    return {(each, page(number).key): page(number) for number in numbers for each in RECIPIENTS}


def assert_arrived(receiver, told, stored, kills):
    """All that is stored arrived, and nothing else did; how many copies there were."""
    names = {(recipient, copy_key(message)): (recipient, key) for (recipient, key), message in stored.items()}
    arrived = defaultdict(list)
    for one in sorted(receiver.arrivals, key=lambda one: one.life):
        assert (one.recipient, one.name) in names, f"nobody recorded {one}"
        arrived[names[one.recipient, one.name]].append(one)
    assert arrived.keys() == stored.keys(), "recorded, and never sent"
    for which, copies in arrived.items():
        assert {one.body for one in copies} == {event(stored[which])}, "the same name, another message"
        assert all(later.sent - one.sent >= LEASE_S for one, later in itertools.pairwise(copies)), "sent on a lease"
        assert len(copies) == len({one.life for one in copies}), "more copies of it than kills"
        assert copies[-1].life <= told.marked.get(which, kills), "sent though marked"
        assert len(copies) <= told.taken[which] + (copies[-1].life == kills), "sent and not taken"
    for one in receiver.cut:
        assert arrived[names[one.recipient, one.name]][-1].life > one.life, "its sender died unanswered"
    copies = len(receiver.arrivals) - len(stored)
    assert copies <= kills * AT_ONCE, "a kill copies no more than is under way"
    return copies
