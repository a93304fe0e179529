"""Replays that meet trouble: they end with a reason, never silently."""

import asyncio

import pytest
from tests.engine.test_collect import START, House, run
from tests.engine.test_collect_trouble import Raising, passes, with_source

from leeway.core.window import Span
from leeway.engine.intake import Intake
from leeway.engine.replay import Replays
from leeway.errors import NotUnderstood, StoreFull
from leeway.ports.kit.memory_state import MemoryState
from leeway.ports.state import JobState

HOUR = Span(int(START) - 7_200, int(START) - 3_600)


class Filling(MemoryState):
    """A state that keeps no progress while its disk is full."""

    full = False

    def save_job(self, job):
        """Kept or not."""
        if self.full:
            raise StoreFull("the disk is full")
        super().save_job(job)


@pytest.fixture
def house():
    house = House()
    house.state = Filling()
    house.collector = house.collect()
    return house


def replays(house):
    return Replays(Intake(house.points), house.state, house.collector, house.clock)


@pytest.mark.parametrize("error", [NotUnderstood("garbage"), RuntimeError("a defect of the source")])
def test_a_replay_that_fails_ends_with_the_reason(house, error):
    """Also when nobody foresaw it; the next replay has its turn."""

    async def story():
        bad = with_source(house, "bad", Raising(house.clock, error))
        good, _ = house.feed("good")
        jobs = replays(house)
        failing, working = jobs.start("bad", (bad,), HOUR), jobs.start("good", (good,), HOUR)
        await passes(house, 1)
        assert house.state.job(failing.id).state is JobState.FAILED
        assert str(error) in house.state.job(failing.id).note
        assert house.state.job(working.id).state is JobState.DONE
        assert len(house.rows(good)) == 60
        await jobs.close()
        await house.collector.close()

    run(story())


def test_a_replay_whose_progress_cannot_be_kept_is_resumed_at_the_next_start(house):
    """Points that are there already are not written twice."""

    async def story():
        feed, _ = house.feed("bar")
        jobs = replays(house)
        house.state.full = True
        job = jobs.start("bar", (feed,), HOUR)
        await passes(house, 1)
        await jobs.close()
        assert house.state.job(job.id).state is JobState.QUEUED
        house.state.full = False
        jobs = replays(house)
        jobs.resume((feed,))
        await passes(house, 1)
        assert house.state.job(job.id).state is JobState.DONE
        assert len(house.rows(feed)) == len(house.points.held.versions) == 60
        await jobs.close()
        await house.collector.close()
        assert len(asyncio.all_tasks()) == 2

    run(story())
