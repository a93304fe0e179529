"""A notifier is down for half an hour while pages are decided: a real server, a real far side, the real clock.

The short run is the same for some seconds. In virtual time, and at worst luck: `tests.engine.test_notifier_down`.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from aiohttp import web
from tests.cli.test_serve import serving
from tests.demo.program import started

from leeway.client import Client, read_token
from leeway.client.documents import File
from leeway.clock import SystemClock
from leeway.ports.kit.fault_server import FaultServer, body, half, hang_up, silence, status

CLOCK = SystemClock()
FALLBACK_S = 60
RECOVERY_S = 60
"""Within this time of its return a notifier has what it missed."""

SOON_S = 30
"""What a fallback may be late: a look at the outbox each second, a second's wait for each request that hangs."""

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: bar-{number}}}
spec:
  service: bar
  indicator:
    metadata: {{name: greeted-{number}}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: json_push, spec: {{key: good}}}}}}
        total: {{metricSource: {{type: json_push, spec: {{key: total}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: 0.999}}]
  alertPolicies: [{{alertPolicyRef: burns}}]
"""
POLICY = """
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {{name: burns}}
spec:
  severity: page
  conditions: [{{burnRate: 14.4, long: 1h, short: 5m}}]
  notify: [{names}]
"""
RECIPIENT = """
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {{name: {name}}}
spec: {{channel: webhook, people: 1, settings: {{url: "{url}/{name}"}}{more}}}
"""


@dataclass(frozen=True)
class Course:
    """In which ways notifiers are down, for how long, and how many pages are decided meanwhile."""

    ways: dict
    down_s: int
    pages: int
    every_s: int


SHORT = Course(
    {"500": status(500), "429": status(429, Retry_After="3"), "closes": hang_up(), "half": half(body(b"{}" * 99))},
    down_s=10,
    pages=2,
    every_s=2,
)
FULL = Course(
    SHORT.ways | {"429": status(429, Retry_After="30"), "401": status(401), "hangs": silence(60)},
    down_s=1_800,
    pages=15,
    every_s=118,
)


@dataclass(frozen=True)
class Arrival:
    """A request as it came; `answered` is False while the notifier was down."""

    at: float
    recipient: str
    name: str
    key: str
    count: int
    answered: bool


@dataclass
class Far:
    """All notifiers: at the path of a recipient. Those named after a way are down in that way until a moment."""

    course: Course
    until: float = float("inf")
    arrivals: list[Arrival] = field(default_factory=list)

    async def answer(self, request):
        recipient, told, at = request.path[1:], json.loads(await request.read())["data"], CLOCK.now()
        kind, _, way = recipient.partition("-")
        answered = kind == "desk" or at >= self.until
        count = int(told["facts"].get("alerts", 1))
        name = request.headers["Idempotency-Key"]
        self.arrivals.append(Arrival(at, recipient, name, told["key"], count, answered))
        return web.Response(status=204) if answered else await self.course.ways[way](request)

    def taken(self):
        """What was answered, by recipient and key of the message."""
        found = defaultdict(list)
        for one in self.arrivals:
            if one.answered:
                found[one.recipient, one.key].append(one)
        return dict(found)


def definitions(course, url):
    """SLOs under one policy. For each way somebody with nobody behind, and somebody behind whom a desk stands."""
    named = [f"{kind}-{way}" for way in course.ways for kind in ("alone", "backed")]
    recipients = [RECIPIENT.format(name=name, url=url, more=behind(name)) for name in named]
    desks = [RECIPIENT.format(name=f"desk-{way}", url=url, more="") for way in course.ways]
    slos = [SLO.format(number=number) for number in range(course.pages)]
    return "---".join([*slos, POLICY.format(names=", ".join(named)), *recipients, *desks])


def behind(name):
    kind, _, way = name.partition("-")
    return f", fallback: desk-{way}" if kind == "backed" else ""


async def outage(client, course, far):
    """Total failures of one SLO after the other while all are down; then waits until everything has arrived."""
    begin = CLOCK.now()
    far.until = begin + course.down_s
    for number in range(course.pages):
        minute = int(CLOCK.now()) // 60 * 60
        rows = [{"slo": f"bar-{number}", "time": minute - 60 * back, "good": 0, "total": 1000} for back in range(1, 71)]
        receipt = await client.push(json.dumps(rows).encode())
        assert receipt.accepted == len(rows)
        await CLOCK.sleep(course.every_s)
    await CLOCK.sleep(max(0.0, far.until - CLOCK.now()))
    end = far.until + RECOVERY_S
    while CLOCK.now() < end and (not (found := await pages(client, course)) or waiting(found)):
        await CLOCK.sleep(0.5)
    return await pages(client, course)


async def pages(client, course):
    """What became of each page, by its key; none before all are decided."""
    alerts = await client.alerts(up=True)
    if len(alerts) < course.pages:
        return {}
    return {alert.key: await client.deliveries(alert.key) for alert in alerts}


def waiting(found):
    """True while somebody named has not been told of one of these pages."""
    return any(one.sent_at is None for fates in found.values() for one in fates if one.role == "named")


async def live(folder, course):
    """A server, from its start to its end; what became of each page, and what arrived."""
    far = Far(course)
    async with FaultServer(far.answer) as notifier:
        allowed, data = notifier.url.removeprefix("http://"), folder / "data"
        with started(folder / "home", "serve", "--port", "0", "--data", str(data), "--allow-hosts", allowed) as server:
            told = await asyncio.to_thread(serving, server)
            async with Client(told["address"], CLOCK, token=read_token(data)) as client:
                await client.apply([File(file="all.yaml", text=definitions(course, notifier.url))], by="test")
                found = await outage(client, course, far)
            assert await asyncio.to_thread(server.stop) == 0
    return found, far


@pytest.mark.timeout(3600)
def test_a_notifier_that_is_down_loses_no_page_and_gets_no_copies(tmp_path: Path, request: pytest.FixtureRequest):
    """Half an hour (ten seconds in the short run) of 500, 429, 401, hanging, hanging up and half answers: who is named
    has every page within a minute of the return, the fallback about a minute after it was decided; none comes twice
    once it was answered, and what was tried before had the same key."""
    course = FULL if request.config.getoption("soak") else SHORT
    found, far = asyncio.run(live(tmp_path, course))
    assert len(found) == course.pages, "not all pages were decided"
    taken = far.taken()
    assert all(len(copies) == 1 for copies in taken.values()), "sent again though it was answered"
    late = assert_all_were_told(found, far, taken)
    sooner = assert_desks_were_told(found, far, taken)
    unknown = {one.key for one in far.arrivals} - {key for _, key in taken}
    assert not unknown, "tried, and never told"
    for (recipient, key), (last,) in taken.items():
        tries = {one.name for one in far.arrivals if (one.recipient, one.key) == (recipient, key)}
        assert tries == {last.name}, "one message under two names"
    for line in figures(far, late, sooner):
        print(line)  # noqa: T201 — figures for people, with -rP


def assert_all_were_told(found, far, taken):
    """Each page to each who is named, alone or counted in a message for many; by way, seconds after the return."""
    late, members = defaultdict(list), Counter()
    for key, fates in found.items():
        for fate in fates:
            if fate.role == "named":
                arrived = taken.get((fate.recipient, fate.together or key), ())
                assert arrived, f"{fate.recipient} was never told of {key}"
                late[fate.recipient.partition("-")[2]].append(arrived[0].at - far.until)
                members[fate.recipient, fate.together or key] += 1
    assert {which: taken[which][0].count for which in members} == dict(members), "told together and not counted"
    assert max(max(each) for each in late.values()) <= RECOVERY_S
    return late


def assert_desks_were_told(found, far, taken):
    """A fallback is told of each page whose minute was over before the return, and of no other; seconds it took."""
    took = []
    for key, fates in found.items():
        for fate in fates:
            if fate.role != "fallback":
                continue
            due = fate.due_at.timestamp()
            arrived = taken.get((fate.recipient, fate.together or key), ())
            if due + SOON_S < far.until:
                assert arrived, f"{fate.recipient} was never told of {key}"
                took.append(arrived[0].at - due + FALLBACK_S)
            elif due > far.until + RECOVERY_S:
                assert not arrived
    assert all(FALLBACK_S <= seconds <= FALLBACK_S + SOON_S for seconds in took)
    return took


def figures(far, late, took):
    """What a reader of a report wants to know."""
    for way, seconds in late.items():
        tries = sum(one.recipient.endswith(f"-{way}") and not one.answered for one in far.arrivals)
        last = max(one.at - far.until for one in far.arrivals if one.recipient.endswith(f"-{way}"))
        yield (
            f"{way}: {len(seconds)} pages told, after {median(seconds):.1f} s (median), {max(seconds):.1f} s at most; "
            f"{tries} requests before in vain, the last {last:.1f} s after the return"
        )
    if took:
        yield f"fallbacks: {len(took)} pages told, {median(took):.1f} s after the decision, {max(took):.1f} s at most"
