"""What must not stop the engine, and what it says meanwhile: bad definitions, a full disk, faults, a wrong clock."""

import asyncio
import threading

import pytest
from tests.engine.test_engine import NOON, SLO, House, apply, batch, run, slo

from leeway.app import pulls, texts
from leeway.core.objective import DAY_S
from leeway.engine.engine import Engine
from leeway.engine.views import SourceText
from leeway.errors import Invalid, StoreFull
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.kit.memory_state import MemoryState
from leeway.store import Readings

TWO_SOURCES = (
    SourceText(
        "two.yaml",
        SLO.replace("total: {{metricSource: {{type: push", "total: {{metricSource: {{type: prometheus").format(
            name="two", what="greeted", window="7d", target=0.9
        ),
    ),
)
SLI = """
apiVersion: openslo/v1
kind: SLI
metadata: {name: greeted}
spec:
  ratioMetric:
    counter: false
    good: {metricSource: {type: push, spec: {what: greeted}}}
    total: {metricSource: {type: push, spec: {what: all}}}
"""
REFERRING = """
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: referring}
spec:
  service: bar
  indicatorRef: greeted
  timeWindow: [{duration: 7d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: main, target: 0.9}]
"""
MEASURED = """
apiVersion: openslo/v1
kind: SLI
metadata: {name: greeted}
spec: {thresholdMetric: {metricSource: {type: push, spec: {what: seconds}}}}
"""


class Troubled(MemoryPoints):
    """A store whose calls raise what a test tells them to."""

    def __init__(self):
        super().__init__()
        self.reads = self.appends = None
        self.gate = threading.Event()
        self.gate.set()
        self.retained = []

    def read_all(self, series, span):
        """Waits at the gate, then answers or not."""
        self.gate.wait(20)
        if self.reads is not None:
            raise self.reads
        return super().read_all(series, span)

    def append(self, rows, **more):
        """Takes it or not."""
        if self.appends is not None:
            raise self.appends
        return super().append(rows, **more)

    def retain(self, before):
        """Notes what was asked."""
        self.retained.append(before)
        return super().retain(before)


async def until(house, true):
    """Lets ticks go by until something is so; threads get real time for their work."""
    for _ in range(400):
        if true():
            return
        await house.clock.advance(1)
        await asyncio.sleep(0.01)
    raise AssertionError("it never came so")


async def evaluated(house, engine):
    """Lets time pass until everything up to now was evaluated."""
    now = house.clock.now() + 5
    await until(house, lambda: now <= (engine.health().evaluated_at or 0) <= house.clock.now())


@pytest.fixture
def house():
    house = House()
    house.points = Troubled()
    return house


def test_definitions_that_cannot_be_computed_are_refused_before_they_are_stored(house):
    """An SLO of two sources, and an SLI whose change would break the SLO that refers to it: nothing is stored."""

    async def story():
        async with house.open() as engine:
            with pytest.raises(Invalid, match="different sources"):
                await apply(engine, TWO_SOURCES)
            with pytest.raises(Invalid, match="different sources"):
                await engine.plan(TWO_SOURCES, prune=False)
            assert await engine.documents() == ()
            await apply(engine, (SourceText("a.yaml", SLI + REFERRING),))
            with pytest.raises(Invalid, match="needs `op` and `value`"):
                await apply(engine, (SourceText("b.yaml", MEASURED),))
            assert len(await engine.history("SLI", "greeted")) == 1
        async with house.open() as again:
            assert [status.slo for status in await again.statuses()] == ["referring"]

    run(story())


def test_one_stored_slo_that_cannot_be_computed_stops_no_other(house):
    """It may come from another version: the start says its name, the others are evaluated, and it can be mended."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
        ((kind, name), (revision,)) = next(iter(house.state.held.revisions.items()))
        broken = TWO_SOURCES[0].text.strip()
        house.state.held.revisions[kind, "two"] = [type(revision)(kind, "two", 1, broken, 0.0, "ann")]
        async with house.open() as engine:
            assert [status.slo for status in await engine.statuses()] == [name]
            health = engine.health()
            assert health.ready
            assert any("SLO two" in reason and "different sources" in reason for reason in health.reasons)
            await apply(engine, slo("pub"))
            await apply(engine, slo("two"))
            assert len(await engine.statuses()) == 3
            assert engine.health().reasons == ()

    run(story())


@pytest.mark.parametrize("error", [StoreFull("the disk is full"), RuntimeError("a defect of ours")])
def test_an_evaluation_that_fails_is_told_and_tried_again(house, error):
    """Whatever it raises: readiness says so, budgets stay, and the loop outlives it."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON - 60, 5, 10)), None)
            house.points.reads = error
            await until(house, lambda: not engine.health().ready)
            assert str(error) in engine.health().reasons[0]
            house.clock.jump(200)
            await house.pass_time(10)
            house.points.reads = None
            await until(house, lambda: engine.health().ready)
            assert (await engine.status("bar"))[0].assessment.budget.bad == 5

    run(story())


def test_a_full_disk_refuses_points_says_so_and_recovers_without_a_restart(house):
    """Nothing is counted as taken; budgets go on from memory; room alone brings everything back."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON - 60, 5, 10)), None)
            await house.pass_time(10)
            house.points.appends = StoreFull("the disk is full")
            with pytest.raises(StoreFull):
                await engine.push(batch((0, NOON - 120, 0, 10), (0, NOON - 180, 11, 10)), None)
            health = engine.health()
            assert (health.ready, health.accepted, health.quarantined) == (False, 1, ())
            assert "the disk is full" in health.reasons[0]
            await house.pass_time(120)
            (shown,) = await engine.status("bar")
            assert (shown.assessment.budget.bad, shown.assessment.as_of) == (5, NOON + 120)
            house.points.appends = None
            await engine.push(batch((0, NOON - 120, 0, 10)), None)
            assert engine.health().ready
            await house.pass_time(60)
            assert (await engine.status("bar"))[0].assessment.budget.bad == 15

    run(story())


def test_definitions_that_were_stored_come_into_force_when_the_store_answers_again(house):
    """Applying succeeded, warming did not: no second apply is needed."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON - 60, 5, 10)), None)
            await house.pass_time(10)
            house.points.reads = StoreFull("the disk is full")
            await apply(engine, slo(target=0.8))
            assert not engine.health().ready
            assert float((await engine.status("bar"))[0].assessment.objective.target) == 0.9
            house.points.reads = None
            await until(house, lambda: engine.health().ready)
            (shown,) = await engine.status("bar")
            assert (float(shown.assessment.objective.target), shown.assessment.budget.bad) == (0.8, 5)

    run(story())


def test_statuses_asked_for_while_definitions_change_are_those_before_or_after(house):
    """New goals take a while to warm; nobody sees half of them meanwhile, and nothing fails."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (*slo(), *slo("pub")))
            house.points.gate.clear()
            change = asyncio.create_task(apply(engine, (*slo(target=0.8), *slo("new")), prune=True))
            await asyncio.sleep(0.05)
            asked = [asyncio.create_task(engine.statuses()) for _ in range(3)]
            await asyncio.sleep(0.05)
            house.points.gate.set()
            await change
            for statuses in await asyncio.gather(*asked, engine.statuses()):
                names = [status.slo for status in statuses]
                assert names in (["bar", "pub"], ["bar", "new"])
            assert [status.slo for status in await engine.statuses()] == ["bar", "new"]

    run(story())


@pytest.mark.parametrize("jump", [3_600, DAY_S, 3_653 * DAY_S])
def test_a_clock_that_jumps_ahead_and_back_costs_nothing(house, jump):
    """An hour, a day, ten years: budgets are right again at once, and no point was deleted meanwhile."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            points = [(0, NOON - 60 * minute, 9, 10) for minute in range(1, 101)]
            await engine.push(batch(*points, (0, NOON - 300 * DAY_S, 9, 10)), None)
            await house.pass_time(10)
            house.clock.jump(jump)
            await evaluated(house, engine)
            assert len(house.points.held.versions) == 101
            house.clock.jump(-jump)
            await evaluated(house, engine)
            (shown,) = await engine.status("bar")
            assert house.clock.now() - 60 < shown.assessment.as_of <= house.clock.now()
            assert shown.assessment.budget.bad == 100
            await engine.push(batch((0, NOON, 0, 10)), None)
            house.clock.jump(60)
            await evaluated(house, engine)
            assert (await engine.status("bar"))[0].assessment.budget.bad == 110
            assert engine.health().ready

    run(story())


def test_a_clock_ahead_at_the_start_deletes_no_history(house):
    """What is too old is judged by the newest data, not by the clock alone."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON - 60, 9, 10)), None)
        house.clock.jump(3_653 * DAY_S)
        async with house.open():
            await until(house, lambda: house.points.retained)
            assert len(house.points.held.versions) == 1

    run(story())


def test_one_change_among_many_definitions_reads_and_numbers_only_what_is_new(house):
    """Texts and numbers never change once they are given: a text is read when it is written, and never again."""
    read, numbered = [], []

    class Counting(MemoryState):
        def number_series(self, wanted, *, at):
            numbered.extend(one.identity[0] for one in wanted)
            return super().number_series(wanted, at=at)

        def number_objectives(self, wanted):
            numbered.extend(slo for slo, _, _ in wanted)
            return super().number_objectives(wanted)

    def counting(text, name):
        read.append(name)
        return texts().read(text, name)

    definitions = texts(Readings(counting))

    async def story():
        outside = {"open_source": lambda _: None, "check_source": lambda *_: None, "alarm": house.alarm()}
        outside |= {"pulls": pulls, "back_up": lambda _: None}
        engine = Engine(house.points, Counting(), house.clock, definitions, **outside)
        await engine.start()
        await apply(engine, tuple(each for place in range(20) for each in slo(f"bar-{place}")))
        read.clear()
        numbered.clear()
        await apply(engine, slo("pub"))
        assert read == []
        assert numbered == ["pub", "pub"]
        assert len(await engine.statuses()) == 21
        await engine.stop()

    run(story())
