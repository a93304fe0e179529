"""Stories of the whole engine, with stores in memory and a virtual clock: definitions, pushes, late data, births."""

import asyncio
import json
from contextlib import asynccontextmanager
from fractions import Fraction

import numpy as np
import pytest

from leeway.app import check_source, pulls, texts
from leeway.core.assess import Health
from leeway.core.objective import DAY_S
from leeway.engine.alerts import Alarm, Duties
from leeway.engine.engine import Engine
from leeway.engine.views import Action, SourceText
from leeway.errors import Conflict, Invalid, NotFound, Unreachable
from leeway.net import Outside
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_alerts import MemoryAlerts
from leeway.ports.kit.memory_decisions import MemoryDecisions
from leeway.ports.kit.memory_guards import MemoryGuards
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.kit.memory_silences import MemorySilences
from leeway.ports.kit.memory_state import MemoryState
from leeway.ports.points import Key
from leeway.ports.push import PushBatch

NOON = 20_700 * DAY_S + 12 * 3_600

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: bar
  description: guests are greeted
  indicator:
    metadata: {{name: greeted}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: push, spec: {{what: {what}}}}}}}
        total: {{metricSource: {{type: push, spec: {{what: all}}}}}}
  timeWindow: [{{duration: {window}, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: {target}}}]
"""


def slo(name="bar", what="greeted", window="7d", target=0.9):
    return (SourceText("slo.yaml", SLO.format(name=name, what=what, window=window, target=target)),)


def batch(*rows, names=("bar",)):
    """(index of the name, time, good, total) as a push."""
    series, time, good, total = zip(*rows, strict=True)
    return PushBatch(
        names,
        np.array(series, np.int32),
        np.array(time, np.int64),
        np.array(good, float),
        np.array(total, float),
        np.full(len(rows), np.nan),
        np.arange(len(rows)),
    )


def refuse(key):
    """No source can be reached from here."""
    raise Unreachable("no connection", place=key.title)


class House:
    def __init__(self):
        self.clock, self.points, self.state = VirtualClock(float(NOON)), MemoryPoints(), MemoryState()
        self.alerts = self.outbox = MemoryAlerts()
        self.channels = {}
        self.silences, self.decisions, self.guards = MemorySilences(), MemoryDecisions(), MemoryGuards()
        self.open_source, self.duties = refuse, Duties()

    def alarm(self):
        return Alarm(self, self.clock, lambda recipient: self.channels[recipient.metadata.name], self.duties)

    @asynccontextmanager
    async def open(self):
        outside = {"open_source": self.open_source, "check_source": lambda *_: None, "alarm": self.alarm()}
        outside |= {"pulls": pulls, "back_up": lambda _: None}
        engine = Engine(self.points, self.state, self.clock, texts(), **outside)
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()

    async def pass_time(self, seconds):
        for _ in range(int(seconds // 5)):
            await self.clock.advance(5)
            for _ in range(3):
                await asyncio.sleep(0.001)


@pytest.fixture
def house():
    return House()


def run(story):
    asyncio.run(asyncio.wait_for(story, 60))


async def apply(engine, files, **more):
    return await engine.apply(files, **({"prune": False, "by": "ann", "expected": None} | more))


def test_the_bar_pushes_its_evening_and_sees_its_budget(house):
    """From a definition and a push to a number with everything around it; a restart changes nothing."""

    async def story():
        async with house.open() as engine:
            assert (await apply(engine, slo())).changes[0].action is Action.CREATE
            receipt = await engine.push(batch(*((0, NOON - 60 * m, 95, 100) for m in range(1, 101))), None)
            assert (receipt.accepted, receipt.repeated, receipt.quarantined) == (100, 0, ())
            await house.pass_time(10)
            (shown,) = await engine.status("bar")
            assert shown.assessment.budget.remaining_ratio == Fraction(1, 2)
            assert shown.born == NOON - 6_000
            assert shown.filled == pytest.approx(6_000 / (7 * DAY_S))
            assert shown.about.description == "guests are greeted"
            assert shown.trace[-1] == pytest.approx(0.5)
            said = {line.what: line for line in (await engine.why("bar", None)).lines}
            assert "9,500 / 10,000" in said["SLI"].reason
            assert "1 % filled" in said["known since"].reason
        async with house.open() as again:
            (shown,) = await again.status("bar")
            assert shown.assessment.budget.remaining_ratio == Fraction(1, 2)

    run(story())


def test_a_late_batch_changes_yesterday_but_not_what_was_known_at_nine(house):
    """Yesterday's rows at noon: the budget is recomputed exactly, and the past stays as it was known."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON - DAY_S, 100, 100)), None)
            nine = house.clock.now()
            await house.pass_time(300)
            await engine.push(batch((0, NOON - DAY_S, 50, 100), (0, NOON - DAY_S + 60, 0, 100)), None)
            await house.pass_time(10)
            (now,) = await engine.status("bar")
            (then,) = await engine.budget("bar", as_of=NOON, known_at=nine)
            (today,) = await engine.budget("bar", as_of=NOON, known_at=None)
            assert now.assessment.budget.bad == today.budget.bad == 150
            assert then.budget.bad == 0
            assert then.health is Health.HEALTHY

    run(story())


def test_one_sample_from_the_future_is_set_aside_and_nothing_else_changes(house):
    """A wrong clock moves no clock of ours; its neighbours are taken."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            receipt = await engine.push(
                batch(
                    (0, NOON - 60, 9, 10), (0, NOON + 2 * DAY_S, 0, 10), (0, NOON - 120, 11, 10), (0, NOON - 90, 1, 1)
                ),
                None,
            )
            assert receipt.accepted == 1
            assert dict(receipt.quarantined) == {"future": 1, "more-than-total": 1, "off-grid": 1}
            assert [refusal.row for refusal in receipt.refusals] == [1, 2, 3]
            await house.pass_time(10)
            (shown,) = await engine.status("bar")
            assert (shown.assessment.budget.total, shown.data_until) == (10, NOON)
            assert dict(engine.health().quarantined) == {"future": 1, "more-than-total": 1, "off-grid": 1}

    run(story())


def test_a_point_that_lies_a_little_ahead_counts_when_its_minute_has_passed(house):
    """Clocks differ by a minute or two; the point is kept and waits."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON + 120, 5, 10)), None)
            await house.pass_time(10)
            assert (await engine.status("bar"))[0].assessment.health is Health.NO_DATA
            await house.pass_time(240)
            assert (await engine.status("bar"))[0].assessment.budget.bad == 5

    run(story())


def test_a_push_with_a_key_counts_once(house):
    """The same key again is answered, not counted; the key with other content is refused."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            points = batch((0, NOON - 60, 9, 10))
            first = await engine.push(points, Key("monday", "a"))
            again = await engine.push(points, Key("monday", "a"))
            assert (first.accepted, first.repeated) == (1, 0)
            assert (again.accepted, again.repeated) == (0, 1)
            with pytest.raises(Conflict):
                await engine.push(points, Key("monday", "b"))

    run(story())


def test_a_push_for_an_unknown_slo_names_the_one_that_was_meant(house):
    """Its rows are refused, its neighbours are taken."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            receipt = await engine.push(
                batch((0, NOON - 60, 9, 10), (1, NOON - 60, 9, 10), names=("bar", "baar")), None
            )
            assert receipt.accepted == 1
            assert receipt.refusals[0].reason == "unknown-slo"
            assert "did you mean `bar`" in receipt.refusals[0].message

    run(story())


def test_a_changed_sli_starts_anew_and_a_changed_target_does_not(house):
    """Data of two meanings never mixes; another target of the same data is computed over all of it."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo())
            await engine.push(batch((0, NOON - 60, 90, 100)), None)
            await house.pass_time(10)
            plan = await apply(engine, slo(target=0.8))
            assert "budgets are computed anew" in plan.changes[0].effects[0]
            (shown,) = await engine.status("bar")
            assert shown.assessment.budget.remaining_ratio == Fraction(1, 2)
            plan = await apply(engine, slo(what="served", target=0.8))
            assert "new data is kept apart" in plan.changes[0].effects[0]
            assert (await engine.status("bar"))[0].assessment.health is Health.NO_DATA
            await apply(engine, slo(target=0.8))
            assert (await engine.status("bar"))[0].assessment.budget.total == 100

    run(story())


def test_applying_is_all_or_nothing_and_only_on_the_ground_that_was_seen(house):
    """A faulty file changes nothing; a plan that was overtaken is refused."""

    async def story():
        async with house.open() as engine:
            broken = SourceText("broken.yaml", "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec: {}\n")
            with pytest.raises(Invalid, match=r"broken\.yaml:4"):
                await apply(engine, (*slo(), broken))
            assert await engine.documents() == ()
            plan = await engine.plan(slo(), prune=False)
            seen = tuple((change.kind, change.name, change.expected) for change in plan.changes)
            await apply(engine, slo(target=0.8))
            with pytest.raises(Conflict):
                await apply(engine, slo(), expected=seen)
            assert not (await engine.plan(slo(target=0.8), prune=False)).changed

    run(story())


def test_prune_and_delete_take_slos_away_and_their_history_stays(house):
    """What is gone is found under its history; a wrong name is answered with the right one."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (*slo(), *slo("pub")))
            plan = await apply(engine, slo("pub"), prune=True)
            assert [(change.name, change.action) for change in plan.changes] == [
                ("bar", Action.DELETE),
                ("pub", Action.KEEP),
            ]
            with pytest.raises(NotFound):
                await engine.status("bar")
            with pytest.raises(NotFound, match="pub"):
                await engine.delete("SLO", "puub", by="ann")
            await engine.delete("SLO", "pub", by="ann")
            assert [revision.body is None for revision in await engine.history("SLO", "pub")] == [True, False]
            assert await engine.statuses() == ()

    run(story())


def test_midnight_settles_yesterday_so_that_a_start_need_not_judge_it(house):
    """After a quarter past midnight the roll-up holds the day, and a restart gives the same budget."""

    async def story():
        async with house.open() as engine:
            await apply(engine, slo(window="30d"))
            await engine.push(batch(*((0, NOON - 60 * m, 95, 100) for m in range(1, 101))), None)
            house.clock.jump(DAY_S - 600)
            await house.pass_time(60)
            (before,) = await engine.status("bar")
            house.clock.jump(12 * 3_600)
            await house.pass_time(60)
            assert house.points.held.hours
        async with house.open() as again:
            (after,) = await again.status("bar")
            assert after.assessment.budget == before.assessment.budget

    run(story())


def test_a_definition_whose_source_cannot_answer_is_refused_before_it_is_stored(house):
    """A misspelt setting, a secret written in plain, a question that is no PromQL: told at the plan, with the mend."""
    good = {"url": "http://127.0.0.1:9090"}
    cases = [
        ({"ur1": "http://127.0.0.1:9090"}, "up", "ur1"),
        (good | {"bearer": "s3cret-s3cret"}, "up", "name where it is"),
        (good, "sum(rate(up[5m])", "unclosed left parenthesis"),
    ]

    async def story():
        outside = Outside(house.clock)
        parts = {
            "alarm": house.alarm(),
            "open_source": lambda _: None,
            "check_source": lambda *ask: check_source(*ask, outside),
        }
        engine = Engine(house.points, house.state, house.clock, texts(), pulls=pulls, back_up=lambda _: None, **parts)
        await engine.start()
        for details, query, told in cases:
            with pytest.raises(Invalid) as refused:
                await engine.plan(pulled(details, query), prune=False)
            assert told in str(refused.value)
            assert "s3cret" not in str(refused.value)
        assert (await engine.plan(pulled(good, "up"), prune=False)).changed
        assert house.state.documents() == ()
        await engine.stop()

    run(story())


def test_points_of_a_source_that_is_asked_are_not_taken_from_anybody_else(house):
    """Two writers of one series would be one too many; a push says who is asked."""

    async def story():
        async with house.open() as engine:
            await apply(engine, pulled({"url": "http://127.0.0.1:9090"}, "up"))
            receipt = await engine.push(batch((0, NOON - 60, 9, 10)), None)
            assert (receipt.accepted, dict(receipt.quarantined)) == (0, {"pulled": 1})
            assert "prom" in receipt.refusals[0].message

    run(story())


def pulled(details, query):
    """An SLO that is asked of a Prometheus."""
    source = {"apiVersion": "openslo/v1", "kind": "DataSource", "metadata": {"name": "prom"}}
    source["spec"] = {"type": "Prometheus", "connectionDetails": details}
    metric = f"{{metricSource: {{metricSourceRef: prom, spec: {{query: {json.dumps(query)}}}}}}}"
    text = slo()[0].text.replace("{metricSource: {type: push, spec: {what: greeted}}}", metric)
    text = text.replace("{metricSource: {type: push, spec: {what: all}}}", metric)
    return (SourceText("prom.json", json.dumps(source)), SourceText("slo.yaml", text))
