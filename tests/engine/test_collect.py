"""Stories of collecting: a late batch, an outage, a source that hangs; on a virtual clock, with sources in memory."""

import asyncio

import numpy as np
import pytest

from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.catalog import Feed, SourceKey
from leeway.engine.collect import Collector
from leeway.engine.intake import Intake
from leeway.errors import Unreachable
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.kit.memory_state import MemoryState
from leeway.ports.source import Ability, Ask, ComputedBy, Manifest, Metric, Provenance, Reading, Role
from leeway.ports.state import NewSeries

START = 1_790_000_040.0  # a whole minute
METRICS = (Metric(Role.GOOD, {}), Metric(Role.TOTAL, {}))


class Memory:
    """A source that knows one number per minute: 10 events, of them as many good as `good` says; can be broken."""

    manifest = Manifest("memory", "Memory", frozenset({Ability.PULL, Ability.HISTORY}))

    def __init__(self, clock):
        self.clock, self.asked, self.broken, self.hangs, self.good = clock, [], False, False, {}
        self.late_s = 0

    def check(self, metrics):
        """Takes anything."""

    async def read(self, ask: Ask) -> Reading:
        self.asked.append(ask.span)
        if self.hangs:
            await asyncio.Event().wait()
        if self.broken:
            raise Unreachable("no connection")
        times = [t for t in range(ask.span.start, ask.span.end, ask.step_s) if t + 60 + self.late_s <= self.clock.now()]
        time = np.array(times, np.int64)
        good = np.array([self.good.get(t, 10) for t in times], float)
        columns = {Role.GOOD: good, Role.TOTAL: np.full(len(times), 10.0)}
        said = Provenance("memory", "all", ask.span, ask.step_s, "0" * 64, self.clock.now(), ComputedBy.SOURCE)
        return Reading(time, columns, said)

    async def close(self):
        """Nothing is open."""


class House:
    """A collector with one source per key."""

    def __init__(self):
        self.clock, self.points, self.state = VirtualClock(START), MemoryPoints(), MemoryState()
        self.sources = {}
        self.collector = self.collect()

    def collect(self):
        return Collector(Intake(self.points), self.state, self.clock, self.sources.__getitem__)

    def feed(self, name):
        key = SourceKey(name, "memory", "null")
        self.sources.setdefault(key, Memory(self.clock))
        series = self.state.number_series([NewSeries((name, "", "digest"), 10**6)], at=START)[0]
        return Feed(series, Kind.COUNTS, METRICS, key), self.sources[key]

    def rows(self, feed):
        return self.points.read(feed.series.id, Span(0, 2**40))


@pytest.fixture
def house():
    return House()


async def pass_time(house, minutes):
    """Lets minutes go by; threads that append get real time to finish."""
    for _ in range(minutes * 2):
        await house.clock.advance(30)
        for _ in range(20):
            await asyncio.sleep(0.001)


def run(story):
    asyncio.run(asyncio.wait_for(story, 60))


def test_every_minute_arrives_once_although_the_last_ones_are_asked_again(house):
    """Five minutes are asked again each time; what says the same is not written twice."""

    async def story():
        feed, source = house.feed("bar")
        await house.collector.set_feeds((feed,))
        await pass_time(house, 10)
        await house.collector.close()
        rows = house.rows(feed)
        assert np.diff(rows.time).tolist() == [60] * (len(rows) - 1)
        assert len(rows) >= 9
        assert len(house.points.held.versions) == len(rows)
        assert max(span.length_s for span in source.asked) > 60

    run(story())


def test_after_an_outage_of_leeway_the_asks_reach_back_to_the_last_reading(house):
    """Two hours without Leeway leave no gap."""

    async def story():
        feed, _ = house.feed("bar")
        await house.collector.set_feeds((feed,))
        await pass_time(house, 3)
        await house.collector.close()
        house.clock.jump(7_200)
        house.collector = house.collect()
        await house.collector.set_feeds((feed,))
        await pass_time(house, 2)
        await house.collector.close()
        rows = house.rows(feed)
        assert set(np.diff(rows.time).tolist()) == {60}
        assert rows.time[-1] - rows.time[0] >= 7_200

    run(story())


def test_a_source_that_fails_says_so_and_catches_up_when_it_answers_again(house):
    """Its minutes are unknown meanwhile, never good; nothing is lost afterwards."""

    async def story():
        feed, source = house.feed("bar")
        await house.collector.set_feeds((feed,))
        await pass_time(house, 3)
        source.broken = True
        before = len(house.rows(feed))
        await pass_time(house, 10)
        state = house.collector.states[feed.series.id]
        assert state.failures >= 9
        assert "no connection" in state.last_error
        assert len(house.rows(feed)) == before
        source.broken = False
        await pass_time(house, 2)
        assert state.failures == 0
        assert state.last_error == ""
        assert set(np.diff(house.rows(feed).time).tolist()) == {60}
        await house.collector.close()

    run(story())


def test_a_source_that_hangs_delays_no_other(house):
    """The others go on minute by minute."""

    async def story():
        slow, source = house.feed("slow")
        source.hangs = True
        quick, _ = house.feed("quick")
        await house.collector.set_feeds((slow, quick))
        await pass_time(house, 5)
        assert len(house.rows(quick)) >= 4
        assert len(house.rows(slow)) == 0
        await house.collector.close()

    run(story())


def test_a_step_that_is_told_differently_later_is_written_again_and_teaches_the_delay(house):
    """Late data: the newest word stands, and next time Leeway waits as long as the source needs."""

    async def story():
        feed, source = house.feed("bar")
        await house.collector.set_feeds((feed,))
        await pass_time(house, 3)
        late = int(house.rows(feed).time[-1])
        source.good[late] = 4
        await pass_time(house, 2)
        rows = house.rows(feed)
        assert rows.good[rows.time == late].tolist() == [4 * 10**6]
        assert house.collector.states[feed.series.id].delay_s >= 60
        await house.collector.close()
        assert house.state.learned_delays()[feed.series.id] >= 60

    run(story())


def test_a_changed_feed_starts_anew_and_one_no_longer_wanted_stops(house):
    """Definitions decide what runs."""

    async def story():
        one, first = house.feed("one")
        two, _ = house.feed("two")
        await house.collector.set_feeds((one,))
        await pass_time(house, 2)
        await house.collector.set_feeds((two,))
        asked = len(first.asked)
        await pass_time(house, 3)
        assert len(first.asked) == asked
        assert len(house.rows(two)) >= 2
        await house.collector.close()

    run(story())
