"""What must not stop or mislead collecting: wrong clocks, sources that break their promises, full disks, probes."""

import asyncio

import numpy as np
import pytest
from tests.engine.test_collect import METRICS, START, House, Memory, run

from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.catalog import Feed, SourceKey
from leeway.errors import Invalid, StoreFull, Throttled
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.kit.memory_state import MemoryState
from leeway.ports.source import Ability, Manifest, Reading
from leeway.ports.state import NewSeries

YEARS = 10 * 365 * 86_400


class Filling(MemoryPoints):
    """A store on a disk that can be full."""

    full = False

    def append(self, rows, **more):
        """Takes it or not."""
        if self.full:
            raise StoreFull("the disk is full")
        return super().append(rows, **more)


class Forgetting(MemoryState):
    """A state that keeps no delays."""

    def learn_delay(self, series, delay_s):
        """The disk is full."""
        raise StoreFull("the disk is full")


class Elsewhere(Memory):
    """Answers with times that nobody asked for."""

    async def read(self, ask):
        """An hour late."""
        reading = await super().read(ask)
        return Reading(reading.time - 3_600, reading.columns, reading.provenance)


class Raising(Memory):
    """Raises what it is told to."""

    def __init__(self, clock, error):
        super().__init__(clock)
        self.error = error

    async def read(self, ask):
        """Nothing but errors."""
        self.asked.append(ask.span)
        raise self.error


class Prober(Memory):
    """A probe whose reading is over some seconds after its step."""

    manifest = Manifest("prober", "Prober", frozenset({Ability.PROBE}))

    async def read(self, ask):
        """The whole minute, and ten seconds of patience."""
        self.asked.append(ask.span)
        await self.clock.sleep(ask.span.end - self.clock.now() + 10)
        self.asked.pop()
        return await super().read(ask)


@pytest.fixture
def house():
    return House()


async def passes(house, minutes):
    """Minutes go by in small steps; threads that append get real time."""
    for _ in range(minutes * 6):
        await house.clock.advance(10)
        for _ in range(5):
            await asyncio.sleep(0.002)


def with_source(house, name, source):
    house.sources[SourceKey(name, "memory", "null")] = source
    return house.feed(name)[0]


@pytest.mark.parametrize("jump", [3_600, 86_400, YEARS])
@pytest.mark.parametrize("restart", [False, True])
def test_what_happened_while_the_clock_was_ahead_is_fetched_when_it_is_right_again(house, jump, restart):
    """The source's clock was right all the time; no minute is lost, also if Leeway restarts meanwhile."""

    async def story():
        feed, source = house.feed("bar")
        right = house.clock
        await house.collector.set_feeds((feed,))
        await passes(house, 3)
        offset = jump
        right.jump(jump)
        source.late_s = offset  # what it knows is as late as the clock is ahead
        await passes(house, 20)
        right.jump(-jump)
        source.late_s = 0
        if restart:
            await house.collector.close()
            house.collector = house.collect()
            await house.collector.set_feeds((feed,))
        await passes(house, 3)
        await house.collector.close()
        rows = house.rows(feed)
        assert set(np.diff(rows.time).tolist()) == {60}
        assert rows.time[-1] >= START + 23 * 60
        assert max(span.length_s for span in source.asked) <= 6 * 3_600

    run(story())


def test_a_series_defined_while_the_clock_was_ahead_is_collected_when_it_is_right_again(house):
    """Its birth in the future is no reason to wait ten years."""

    async def story():
        series = house.state.number_series([NewSeries(("bar", "", "digest"), 10**6)], at=START + YEARS)[0]
        key = SourceKey("bar", "memory", "null")
        house.sources[key] = Memory(house.clock)
        feed = Feed(series, Kind.COUNTS, METRICS, key)
        await house.collector.set_feeds((feed,))
        await passes(house, 3)
        await house.collector.close()
        assert len(house.rows(feed)) >= 3

    run(story())


def test_times_that_were_not_asked_for_are_an_error_and_nothing_is_taken(house):
    """A source that breaks its promise is not believed."""

    async def story():
        feed = with_source(house, "bar", Elsewhere(house.clock))
        await house.collector.set_feeds((feed,))
        await passes(house, 2)
        state = house.collector.states[feed.series.id]
        assert state.failures >= 1
        assert "not asked for" in state.last_error
        assert len(house.rows(feed)) == 0
        await house.collector.close()

    run(story())


@pytest.mark.parametrize("error", [Invalid("url is missing"), RuntimeError("a defect of the source")])
def test_a_source_that_cannot_work_says_why_and_stops_no_other(house, error):
    """Wrong settings, or a defect nobody foresaw: shown at its series, tried again each minute."""

    async def story():
        bad = with_source(house, "bad", Raising(house.clock, error))
        good, _ = house.feed("good")
        (odd,) = house.state.number_series([NewSeries(("odd", "", "d"), 1)], at=START)
        unknown = Feed(odd, Kind.COUNTS, METRICS, None)
        await house.collector.set_feeds((bad, unknown, good))
        await passes(house, 4)
        state = house.collector.states[bad.series.id]
        assert str(error) in state.last_error
        assert state.failures >= 3
        assert len(house.rows(good)) >= 3
        await house.collector.close()

    run(story())


def test_being_asked_to_wait_for_years_is_not_obeyed_for_years(house):
    """A broken Retry-After costs an hour at most."""

    async def story():
        source = Raising(house.clock, Throttled("slow down", retry_after_s=float(YEARS)))
        feed = with_source(house, "bar", source)
        await house.collector.set_feeds((feed,))
        await passes(house, 1)
        asked = len(source.asked)
        await house.clock.advance(3_700)
        await passes(house, 1)
        assert len(source.asked) > asked
        await house.collector.close()

    run(story())


def test_what_a_full_disk_refused_is_asked_again_and_taken_once(house):
    """The span is kept; with room again everything since is there."""

    async def story():
        house.points = Filling()
        house.collector = house.collect()
        feed, _ = house.feed("bar")
        await house.collector.set_feeds((feed,))
        await passes(house, 3)
        house.points.full = True
        await passes(house, 12)
        state = house.collector.states[feed.series.id]
        assert "the disk is full" in state.last_error
        house.points.full = False
        await passes(house, 2)
        await house.collector.close()
        rows = house.rows(feed)
        assert set(np.diff(rows.time).tolist()) == {60}
        assert rows.time[-1] >= START + 15 * 60
        assert len(house.points.held.versions) == len(rows)

    run(story())


def test_collecting_ends_whole_although_the_state_keeps_nothing(house):
    """A learned delay that could not be kept is learned again; sources are closed all the same."""

    async def story():
        house.state = Forgetting()
        house.collector = house.collect()
        one, first = house.feed("one")
        two, _ = house.feed("two")
        await house.collector.set_feeds((one, two))
        await passes(house, 2)
        await house.collector.set_feeds((two,))
        asked = len(first.asked)
        await passes(house, 2)
        assert len(first.asked) == asked
        await house.collector.close()

    run(story())


def test_a_probe_that_is_still_at_work_delays_neither_its_next_minute_nor_other_probes(house):
    """Twelve probes of one source, each busy for its whole minute and ten seconds more: no minute is left out."""

    async def story():
        key = SourceKey("site", "memory", "null")
        house.sources[key] = Prober(house.clock)
        pages = [NewSeries((f"page-{place}", "", "d"), 10**6) for place in range(12)]
        numbered = house.state.number_series(pages, at=START)
        feeds = tuple(Feed(series, Kind.COUNTS, METRICS, key) for series in numbered)
        await house.collector.set_feeds(feeds)
        await passes(house, 6)
        for feed in feeds:
            assert house.collector.states[feed.series.id].last_error == ""
            assert np.diff(house.rows(feed).time).tolist() == [60] * 4
        await house.collector.close()

    run(story())


def test_a_probe_at_work_ends_with_its_schedule(house):
    """Nothing goes on after the end."""

    async def story():
        key = SourceKey("site", "memory", "null")
        house.sources[key] = Prober(house.clock)
        series = house.state.number_series([NewSeries(("page", "", "d"), 10**6)], at=START)[0]
        before = asyncio.all_tasks()
        await house.collector.set_feeds((Feed(series, Kind.COUNTS, METRICS, key),))
        await passes(house, 1)
        assert len(asyncio.all_tasks()) > len(before)
        await house.collector.close()
        assert asyncio.all_tasks() == before
        assert len(house.points.read(series.id, Span(0, 2**40))) == 0

    run(story())
