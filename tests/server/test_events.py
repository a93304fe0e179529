"""What happens, as server-sent events over a real socket."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection

import pytest
from tests.server.serving import points, slo

from leeway.client.events import AlertNews, Ended, Tick
from leeway.core.alerting.policy import Severity
from leeway.errors import Throttled
from leeway.ports.alerts import Alert
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.state import Job, JobState
from leeway.server.api.events import BEHIND, READERS, Feed
from leeway.server.api.news import Look, happened


class Stream:
    """The events of one connection, as they come."""

    def __init__(self, answer):
        self.answer = answer

    def next(self):
        """(id, name, data) of the next event."""
        event = {}
        while (line := self.answer.readline().decode().rstrip("\n")) or not event:
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value
        return event.get("id"), event["event"], json.loads(event["data"])

    def until(self, name):
        """The next event of this name."""
        while (event := self.next())[1] != name:
            pass
        return event


@contextmanager
def listening(server, last=""):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request("GET", "/api/v1/events", headers={"Last-Event-ID": last} if last else {})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
        yield Stream(answer)
    finally:
        connection.close()


def apply(server, *names):
    files = {"files": [{"file": "a.yaml", "text": "---\n".join(slo(name) for name in names)}]}
    assert server.ask("POST", "/api/v1/apply", json.dumps(files), server.bearer)[0].status == 200


def push(server, good):
    """Ten minutes of this quality; then time passes until they are evaluated and looked at."""
    told = asyncio.run_coroutine_threadsafe(
        server.engine.push(points("checkout", good, 100, range(1, 11)), None), server.loop
    )
    told.result(20)
    pass_time(server)


def pass_time(server):
    """Until it was evaluated, and looked at: both are done in threads, which do not wait for a clock of ours."""
    for _ in range(8):
        server.pass_time(5)
        time.sleep(0.05)


def test_a_newcomer_hears_where_the_engine_stands_and_then_which_slos_turn(fresh):
    """A definition that is new, its first points, and those that empty its budget."""
    with listening(fresh) as stream:
        number, name, told = stream.next()
        assert (name, told["turned"]) == ("tick", [])
        assert Tick.model_validate(told).head.isoformat() == "2026-09-21T14:14:00+00:00"
        apply(fresh, "checkout")
        pass_time(fresh)
        turned = []
        for good in (None, 99, 10):
            if good is not None:
                push(fresh, good)
            while not (told := stream.until("tick")[2])["turned"]:
                pass
            turned += told["turned"]
    assert number
    assert [(one["slo"], one["before"], one["after"]) for one in turned] == [
        ("checkout", None, "no_data"),
        ("checkout", "no_data", "healthy"),
        ("checkout", "healthy", "exhausted"),
    ]


def test_who_comes_back_hears_what_it_missed_and_nothing_twice(fresh):
    """By Last-Event-ID; of an id that nobody knows it is told that there is a gap."""
    apply(fresh, "checkout")
    with listening(fresh) as stream:
        first, _, _ = stream.next()
        push(fresh, 99)
        heard = [stream.next() for _ in range(2)]
    push(fresh, 10)
    with listening(fresh, heard[0][0]) as stream:
        again = [stream.next() for _ in range(3)]
    with listening(fresh, "another-7") as stream:
        lost, now = stream.next(), stream.next()
    assert again[0] == heard[1]
    assert len({number for number, _, _ in (*heard, *again)}) == 4
    assert first not in {number for number, _, _ in again}
    assert (lost[1], now[1]) == ("gap", "tick")
    Ended.model_validate(lost[2])


def alert(key, fired_at, **other):
    return Alert(key, 1, "checkout", "main", "default", Severity.PAGE, "burn", fired_at, **other)


def look(*alerts, jobs=()):
    up = frozenset(one.key for one in alerts if one.resolved_at is None)
    return Look(600, 600.0, (), {one.key: one for one in alerts}, up, {one.id: one for one in jobs})


def news(before, after):
    return [(name, data.what, data.alert.key) for name, data in happened(before, after) if isinstance(data, AlertNews)]


def test_alerts_fire_are_taken_and_are_over_once_each():
    """Also one that did all of it between two looks; one that only came into sight again did nothing."""
    one, two = alert("one", 100), alert("two", 200)
    taken, over = replace(one, acknowledged_at=250.0), replace(one, acknowledged_at=250.0, resolved_at=300)
    assert news(look(), look(one)) == [("alert", "fired", "one")]
    assert news(look(one), look(taken)) == [("alert", "taken", "one")]
    assert news(look(taken), look(over)) == [("alert", "resolved", "one")]
    assert news(look(one), look()) == [("alert", "resolved", "one")]
    assert news(look(), look(over)) == [
        ("alert", "fired", "one"),
        ("alert", "taken", "one"),
        ("alert", "resolved", "one"),
    ]
    assert news(look(two), look(two, over)) == []
    assert news(look(one, two), look(one, two)) == []


def test_a_job_is_told_of_when_it_gets_on():
    """And of one that did not nothing is said."""
    job = Job(3, "replay", "checkout 0 60", JobState.RUNNING, 1, 2, "5 new rows", 600.0)
    done = replace(job, done=2, state=JobState.DONE)
    assert [(name, data.done) for name, data in happened(look(jobs=[job]), look(jobs=[done]))] == [("job", 2)]
    assert list(happened(look(jobs=[job]), look(jobs=[job]))) == []


class Busy:
    """An engine whose head is a minute further at each look, and that waits for nobody."""

    def __init__(self, health):
        self.healthy, self.looks, self.alarm = health, 0, self

    def health(self):
        self.looks += 1
        return replace(self.healthy, head=60 * self.looks)

    async def statuses(self):
        return ()

    async def alerts(self, slo, *, up, limit):
        return ()

    async def jobs(self):
        return ()


def test_a_reader_who_is_too_slow_is_sent_away_with_a_last_word(shop):
    """It reads one event and then nothing; it gets what waited for it, in order, and then is told why it ends."""

    async def story():
        clock = VirtualClock()
        feed = Feed(Busy(shop.engine.health()), clock)
        stream = feed.stream("")
        texts = [await anext(stream)]
        await clock.advance(2 * (BEHIND + 10))
        texts += [event async for event in stream]
        feed.close()
        return [text.decode().partition("event: ")[2].partition("\n")[0] for text in texts]

    assert asyncio.run(story()) == ["tick"] * (BEHIND + 1) + ["slow"]


def test_a_server_that_stops_ends_its_streams(shop):
    """With a last word, at once; and so many readers and no more are let in."""

    async def story():
        feed = Feed(Busy(shop.engine.health()), VirtualClock())
        streams = [feed.stream("") for _ in range(READERS)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(Throttled):
            feed.admit()
        feed.close()
        return [[event async for event in stream] for stream in streams]

    lasts = asyncio.run(story())
    assert all(len(events) == 1 and events[0].startswith(b"event: end\n") for events in lasts)
