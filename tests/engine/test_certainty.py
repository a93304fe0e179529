"""The exact interval of a running server's figures: of all objectives by the hour, of one when somebody asks why."""

from __future__ import annotations

import asyncio

import pytest
from tests.engine.test_engine import SLO, House, apply, batch, run

import leeway.core.stats.clusters  # noqa: F401 - takes long to load, and time that is virtual does not wait for it
from leeway.engine.views import SourceText

HOURS = 6 * 24


@pytest.fixture
def house():
    return House()


async def told(house, engine, bad_of):
    """One event a minute in each hour's first ten; `bad_of` says how many of an hour's are bad, by its number back."""
    now = int(house.clock.now()) // 60 * 60
    rows = []
    for back in range(HOURS * 60):
        hour, minute = divmod(back, 60)
        rows.append((0, now - 60 * (back + 1), int(minute < 10 and minute >= bad_of(hour)), int(minute < 10)))
    await engine.push(batch(*rows), None)
    for _ in range(2):
        await house.pass_time(61)
        await asyncio.sleep(0.2)  # an evaluation works in a thread of its own


def story(house, bad_of):
    """The status and the explanation after six days."""

    answers = []

    async def asked():
        async with house.open() as engine:
            text = SLO.format(name="bar", what="greeted", window="30d", target=0.99)
            await apply(engine, (SourceText("slo.yaml", text),))
            await told(house, engine, bad_of)
            answers.extend(one.assessment for one in await engine.status("bar"))
            answers.append(await engine.why("bar", None))

    run(asked())
    return answers


def test_independent_errors_have_the_interval_of_clopper_and_pearson(house):
    """One bad event every twelve hours: 12 of 1,440."""
    assessment, why = story(house, lambda hour: int(hour % 12 == 0))
    assert (float(assessment.budget.bad), float(assessment.budget.total)) == (12, 1_440)
    assert assessment.adjusted.low == pytest.approx(0.98549, abs=1e-5)
    assert assessment.adjusted.high == pytest.approx(0.99569, abs=1e-5)
    assert why.status.assessment.adjusted == assessment.adjusted == why.certainty.interval


def test_errors_in_clusters_are_less_sure_in_the_list_as_in_the_explanation(house):
    """Two of six days have all the errors; the list looks at whole hours, so it may differ by a little."""
    assessment, why = story(house, lambda hour: 5 if hour // 24 in (1, 4) else 0)
    assert why.certainty.rho > 0.1
    alone, exact = assessment.interval, why.certainty.interval
    assert exact.high - exact.low > 3 * (alone.high - alone.low)
    assert assessment.adjusted.low == pytest.approx(exact.low, abs=0.03)
    assert assessment.adjusted.high == pytest.approx(exact.high, abs=0.03)


def test_nothing_seen_has_no_interval(house):
    """An SLO without data."""

    async def asked():
        async with house.open() as engine:
            text = SLO.format(name="bar", what="greeted", window="30d", target=0.99)
            await apply(engine, (SourceText("slo.yaml", text),))
            (status,) = await engine.status("bar")
            assert status.assessment.adjusted is None

    run(asked())
