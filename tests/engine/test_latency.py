"""Latency in the whole engine: histograms come in, every budget says what it cannot tell, and nobody is woken by it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest
from tests.engine.test_alerts import POLICY, Pager
from tests.engine.test_engine import NOON, House, apply, batch, run

from leeway.core.histogram import Classic, Histogram
from leeway.core.objective import DAY_S
from leeway.engine.views import SourceText
from leeway.ports.channel import Event

EDGES = (0.1, 0.25, 0.5)
FINE, UNSURE, SLOW = (100, 0, 0, 0), (80, 0, 20, 0), (60, 0, 0, 40)

LATENCY = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: bar}
spec:
  service: bar
  indicator:
    metadata: {name: seconds}
    spec: {thresholdMetric: {metricSource: {type: push, spec: {what: seconds}}}}
  timeWindow: [{duration: 7d, isRolling: true}]
  budgetingMethod: METHOD
  objectives: [{displayName: fast, target: 0.9, op: lte, value: 0.3SLICES}]
"""


@pytest.fixture
def house():
    house = House()
    house.pager = house.channels["on-call"] = Pager()
    return house


def definition(method="Occurrences", policy=""):
    slices = "" if method == "Occurrences" else ", timeSliceTarget: 0.9, timeSliceWindow: 1m"
    return (SourceText("slo.yaml", LATENCY.replace("METHOD", method).replace("SLICES", slices) + policy),)


def minutes(*given, until=NOON):
    """One histogram a minute, the last one just over."""
    rows = batch(*((0, until - 60 * (len(given) - place), 0, 0) for place in range(len(given))))
    nothing = np.full(len(given), np.nan)
    histogram = np.array([*(Histogram(Classic(EDGES), counts) for counts in given), None], object)[:-1]
    return replace(rows, good=nothing, total=nothing, histogram=histogram)


def shown(status):
    bounds = status.assessment.budget.bounds
    return status.assessment.budget.total, [float(each) for each in bounds.sli]


@pytest.mark.parametrize(
    ("method", "given", "expected"),
    [
        ("Occurrences", (FINE, UNSURE, UNSURE, SLOW), (400, [320 / 400, 360 / 400])),
        ("Timeslices", (FINE, UNSURE, UNSURE, UNSURE), (4, [0.25, 1.0])),
        ("RatioTimeslices", (FINE, UNSURE, UNSURE, SLOW), (4, [0.8, 0.9])),
        ("Timeslices", (FINE, UNSURE, UNSURE, SLOW), (4, [0.25, 0.75])),
    ],
)
def test_a_budget_from_histograms_has_bounds_and_keeps_them_over_a_restart(house, method, given, expected):
    """In the live ledger, in the roll-up of older days, and as the past is computed from the store."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definition(method))
            await engine.push(minutes(*given), None)
            await house.pass_time(10)
            assert shown((await engine.status("bar"))[0]) == expected
            (past,) = await engine.budget("bar", as_of=NOON, known_at=None)
            assert [float(each) for each in past.budget.bounds.sli] == expected[1]
            assert past.edges == (0.25, 0.5)
        house.clock.jump(6 * DAY_S)
        for _ in range(2):  # the second start has the hours of the first
            async with house.open() as again:
                assert shown((await again.status("bar"))[0]) == expected

    run(story())


def test_why_names_the_edges(house):
    """So that whoever reads it knows which buckets or which threshold to change."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definition())
            await engine.push(minutes(FINE, UNSURE), None)
            await house.pass_time(10)
            why = await engine.why("bar", None)
            said = {line.what: line for line in why.lines}
            assert said["in doubt"].figure == "20 events"
            assert "bucket from 0.25 to 0.5: so the SLI is 90 % to 100 %" in said["in doubt"].reason

    run(story())


def test_an_exact_budget_says_nothing_of_doubt(house):
    """Where no event lies in the bucket around the threshold there is none."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definition())
            await engine.push(minutes(FINE, SLOW), None)
            await house.pass_time(10)
            why = await engine.why("bar", None)
            assert why.status.assessment.budget.bounds is None
            assert "in doubt" not in {line.what for line in why.lines}

    run(story())


@pytest.mark.parametrize(("counts", "pages"), [((40, 0, 60, 0), False), ((40, 0, 0, 60), True)])
def test_a_page_is_for_what_is_certainly_slow(house, counts, pages):
    """60 % that may have been slow wake nobody; 60 % that were do. The budget shows the same in both cases."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definition(policy=POLICY.replace("14.4", "4")))
            await engine.push(minutes(*(FINE,) * 300, *(counts,) * 60), None)
            for _ in range(2):
                await house.pass_time(61)
                await asyncio.sleep(0.2)  # a look works in a thread of its own
            (status,) = await engine.status("bar")
            assert status.assessment.budget.bad == 60 * 60
            fired = [each for each in house.pager.got if each.event is Event.FIRED]
            assert bool(fired) == pages

    run(story())


def test_a_page_says_what_is_gone_at_least_and_at_most(house):
    """The reasons count what is certain; what stands beside them must not say less than it knows, nor more."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definition(policy=POLICY.replace("14.4", "4")))
            await engine.push(minutes(*(FINE,) * 300, *((40, 0, 10, 50),) * 60), None)
            for _ in range(2):
                await house.pass_time(61)
                await asyncio.sleep(0.2)  # a look works in a thread of its own
            told = "\n".join(line for message in house.pager.got for line in message.lines)
            assert "Of the error budget 83.3 % to 100 % is gone: the threshold lies inside a bucket." in told
            assert "Burn rates, at most: 6 over 5m" in told

    run(story())


def test_buckets_that_contradict_each_other_are_set_aside(house):
    """With the reason; their neighbours are taken."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definition())
            receipt = await engine.push(minutes(FINE, (100, -20, 20, 0)), None)
            assert (receipt.accepted, dict(receipt.quarantined)) == (1, {"broken-histogram": 1})
            assert "contradict" in receipt.refusals[0].message

    run(story())
