"""Stories of those who run Leeway: it does not see, it cannot tell people, it does not run at all."""

from __future__ import annotations

import itertools

import pytest
from tests.engine.test_alerts import Pager, minutes, quiet, watched
from tests.engine.test_collect import Memory
from tests.engine.test_engine import House, apply, run

from leeway.engine.alerts import Duties
from leeway.engine.views import SourceText
from leeway.errors import StoreFull, Transient
from leeway.ports.channel import Event

PULLED = """apiVersion: openslo/v1
kind: SLO
metadata: {name: shop, labels: {database: orders}}
spec:
  description: Customers can buy
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{duration: 30d, isRolling: true}]
  indicator:
    metadata: {name: requests}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: prometheus, spec: {query: good}}}
        total: {metricSource: {type: prometheus, spec: {query: all}}}
  objectives: [{displayName: bought, target: 0.99}]
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: platform}
spec: {channel: inbox, people: 1}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: outside}
spec: {channel: inbox, people: 1}
"""


@pytest.fixture
def house():
    house = House()
    house.duties = Duties("platform", "outside")
    house.memory = Memory(house.clock)
    house.open_source = lambda _: house.memory
    for name in ("platform", "outside", "on-call"):
        house.channels[name] = Pager()
    return house


def beats(house):
    """The times that heartbeats carry."""
    return [message.at for message in house.channels["outside"].got if message.event is Event.HEARTBEAT]


def test_the_dashboard_does_not_show_green_because_nothing_arrives(house):
    """The exporter dies with the service: a ticket after five minutes, a page after thirty; both end with it."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (SourceText("slo.yaml", PULLED),))
            await house.pass_time(600)
            owner = house.channels["platform"]
            assert owner.got == []
            house.memory.broken = True
            await house.pass_time(240)
            assert owner.got == []
            await house.pass_time(180)
            assert [(one.event, one.severity.value) for one in owner.got] == [(Event.FIRED, "ticket")]
            assert owner.got[0].title == "shop / bought: no data, so whether users are served is unknown"
            await house.pass_time(1_680)
            assert [(one.event, one.severity.value) for one in owner.got[1:]] == [(Event.FIRED, "page")]
            house.memory.broken = False
            await house.pass_time(300)
            assert sorted((one.event.value, one.severity.value) for one in owner.got[2:]) == [
                ("resolved", "page"),
                ("resolved", "ticket"),
            ]
            assert owner.got[-1].title == "shop / bought: data arrives again"
            assert not any("corrects" in line for one in owner.got for line in one.lines), "it was blind all the same"

    run(story())


def test_silence_of_what_is_pushed_is_no_blindness(house):
    """Nobody knows when somebody else pushes; a policy with `noData` says so where it is known."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (*watched(), SourceText("more.yaml", PULLED)))
            await quiet(house, engine)
            await house.pass_time(3_600)
            assert house.channels["platform"].got == []

    run(story())


def test_the_heart_beats_each_minute_and_says_which_minute_was_evaluated(house):
    """Through the whole path, also before anybody has defined anything but who hears it."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (SourceText("slo.yaml", PULLED),))
            await house.pass_time(600)
            told = beats(house)
            assert len(told) >= 9
            assert sum(each.series == 0 for each in house.points.held.versions) <= 12, "one point for each minute"
            assert all(later - one == 60 for one, later in itertools.pairwise(told))
            assert house.clock.now() - told[-1] <= 90
            message = house.channels["outside"].got[-1]
            assert message.facts["evaluated_at"] in message.title

    run(story())


@pytest.mark.parametrize("broken", ["store", "evaluation", "outbox"])
def test_the_heart_stops_wherever_the_path_is_broken(house, broken, monkeypatch):
    """A process that still runs but stores, evaluates or decides nothing is not alive; it beats again when mended."""

    def full(*_args, **_kwargs):
        raise StoreFull("the disk is full")

    async def story():
        async with house.open() as engine:
            await apply(engine, (SourceText("slo.yaml", PULLED),))
            await house.pass_time(300)
            before = len(beats(house))
            assert before >= 4
            where, name = {
                "store": (house.points, "append"),
                "evaluation": (engine._book, "catch_up"),
                "outbox": (house.outbox, "settle"),
            }[broken]
            with monkeypatch.context() as patch:
                patch.setattr(where, name, full)
                await house.pass_time(600)
                assert len(beats(house)) <= before + 1
            await house.pass_time(180)
            assert len(beats(house)) >= before + 2

    run(story())


def test_heartbeats_that_could_not_be_told_are_not_told_later(house):
    """Only the newest matters."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (SourceText("slo.yaml", PULLED),))
            house.channels["outside"].failures = [Transient("down")] * 1_000
            await house.pass_time(900)
            house.channels["outside"].failures = []
            recovered = house.clock.now()
            await house.pass_time(240)
            told = beats(house)
            assert 2 <= len(told) <= 6
            assert min(told) >= recovered - 120

    run(story())


def test_the_owner_is_told_of_a_pager_that_takes_nothing_and_when_it_does_again(house):
    """Once each; the page itself arrives when it can."""

    async def story():
        async with house.open() as engine:
            await apply(engine, (*watched(), SourceText("more.yaml", PULLED)))
            await quiet(house, engine)
            house.channels["on-call"].failures = [Transient("no answer")] * 1_000
            await minutes(house, engine, 20, 200)
            owner = house.channels["platform"]
            (told,) = owner.got
            assert told.title == "on-call cannot be told"
            assert "no answer" in told.lines[0]
            house.channels["on-call"].failures = []
            await minutes(house, engine, 5, 200)
            assert [one.title for one in owner.got] == ["on-call cannot be told", "on-call can be told again"]
            assert owner.got[1].key == told.key
            assert len(house.channels["on-call"].got) == 1

    run(story())


def test_a_duty_that_names_nobody_is_told_by_health(house):
    """It names the setting; Leeway works all the same."""

    async def story():
        async with house.open() as engine:
            await apply(engine, watched())
            await house.pass_time(60)
            assert engine.health().ready
            assert [reason for reason in engine.health().reasons if "no Recipient" in reason] == [
                "the setting owner names 'platform', but no Recipient is called so",
                "the setting heartbeat names 'outside', but no Recipient is called so",
            ]

    run(story())
