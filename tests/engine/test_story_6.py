"""Story 6 in the whole engine, four points an hour: what wakes somebody, what does not, and what is said of it."""

from __future__ import annotations

import asyncio

import pytest
from tests.engine.test_alerts import Pager
from tests.engine.test_engine import SLO, House, apply, batch, run

import leeway.core.sparse.measure  # noqa: F401 - takes long to load, and time that is virtual does not wait for it
from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.core.sparse.guard import UNMEASURED
from leeway.engine.views import SourceText
from leeway.ports.channel import Event

POLICY = """  alertPolicies: [{alertPolicyRef: usual}]
---
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {name: usual}
spec: {preset: default, notify: [on-call]}
---
apiVersion: leeway.dev/v1
kind: Recipient
metadata: {name: on-call}
spec: {channel: inbox, people: 1}
"""
QUARTER, DAY = 15, 96
"""Minutes between two guests; guests a day."""


@pytest.fixture
def house():
    house = House()
    house.pager = house.channels["on-call"] = Pager()
    return house


async def told(house, engine, failed, guests):
    """Pushes so many guests, one each quarter, the last one now; those with these numbers, from it back, fail."""
    now = int(house.clock.now()) // 60 * 60
    rows = []
    for back in range(guests * QUARTER):
        came, guest = int(not back % QUARTER), back // QUARTER
        rows.append((0, now - 60 * (back + 1), came * (guest not in failed), came))
    await engine.push(batch(*rows), None)
    for _ in range(2):
        await house.pass_time(61)
        await asyncio.sleep(0.2)  # a look works in a thread of its own


async def measured(house, after=0.0):
    """What was measured after a time; measuring takes a thread some while of its own."""
    for _ in range(200):
        found = [one for one in house.guards.guards().values() if one.at > after]
        if found:
            return found[0]
        await house.pass_time(5)
    raise AssertionError("nothing was measured")


def definitions():
    return (SourceText("slo.yaml", SLO.format(name="bar", what="greeted", window="30d", target=0.99) + POLICY),)


def test_one_failure_of_four_wakes_nobody_and_why_says_so(house):
    """The record holds how likely chance is, and how many failures would have paged."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions())
            await told(house, engine, {0}, 3 * DAY)
            assert [one for one in house.pager.got if one.severity is Severity.PAGE] == []
            (alert,) = await engine.alarm.alerts("bar", up=False, limit=10)
            assert alert.suppressed_by is Suppression.DOUBT
            (reason,) = [one for one in alert.reasons if "too little traffic" in one]
            assert "1 of 4 events in 1 hour was bad" in reason
            assert "3.94 %" in reason
            assert "would page" in reason
            sure = (await engine.why("bar", None)).certainty
            fast = sure.chances[0]
            assert (fast.pair.long_s, fast.told.bad, fast.told.total, fast.told.needed) == (3_600, 1, 4, 3)
            assert (sure.rho, sure.events) == (0, 3 * DAY)
            assert sure.interval is not None
            assert sure.interval.low < 1 - 1 / (3 * DAY) < sure.interval.high

    run(story())


def test_a_run_of_three_failures_pages(house):
    """That is no chance any more."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions())
            await told(house, engine, {0, 1, 2}, 3 * DAY)
            assert (Event.FIRED, Severity.PAGE) in house.pager.told

    run(story())


def test_the_traffic_is_measured_after_a_day_and_again_after_a_week(house):
    """Before, a guess holds; what was measured is there after a restart, and is renewed."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions())
            (goal,) = engine._catalog.goals
            await told(house, engine, set(), DAY // 2)
            assert engine.alarm.gauge.guard(goal) == UNMEASURED
            await told(house, engine, set(), 3 * DAY)
            first = await measured(house)
            assert 1e-6 < first.guard.alpha < 1e-2
            assert first.guard.expected <= 0.25
            assert engine.alarm.gauge.guard(goal) == first.guard
        async with house.open() as engine:
            assert engine.alarm.gauge.guard(goal) == first.guard
            house.clock.jump(7 * 86_400)
            assert (await measured(house, first.at)).at - first.at >= 7 * 86_400

    run(story())
