"""Forecasts of a running engine: who gets bands, what is said to the others, and that nothing ever waits for them."""

from dataclasses import astuple
from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from tests.engine.test_engine import NOON, House, apply, run, slo

from leeway.core.assess import Health
from leeway.core.forecast import Lack, Method
from leeway.core.objective import DAY_S, NoData, Objective
from leeway.core.objective import Method as Budgeting
from leeway.core.quality import Kind
from leeway.core.window import Calendar, Period, Rolling
from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.forecasts import Shape, fleets, spent
from leeway.engine.goal import Goal
from leeway.engine.views import SourceText
from leeway.errors import StoreFull
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import Rows
from leeway.ports.push import PushBatch

HOUR_S = 3_600
ROLLING = "[{duration: 30d, isRolling: true}]"
WEEK = '[{duration: 1w, isRolling: false, calendar: {startTime: "2026-01-05 00:00:00", timeZone: UTC}}]'
WEEK_ENDS = 20_703 * DAY_S
"""Monday after NOON, which is a Friday."""


def definitions(names, window=ROLLING, target=0.999):
    """SLOs that are alike."""
    text = slo(target=target)[0].text.replace("[{duration: 7d, isRolling: true}]", window)
    return tuple(SourceText(f"{name}.yaml", text.replace("{name: bar}", f"{{name: {name}}}")) for name in names)


def past(names, days, until=NOON, worse=1.0):
    """An event a second, a trickle of errors, and an incident every four days or so."""
    dice, time = np.random.default_rng(len(names)), np.arange(until - days * DAY_S, until, HOUR_S)
    series, time = np.repeat(np.arange(len(names)), len(time)), np.tile(time, len(names))
    bad = dice.binomial(3_600, 0.0003, len(time)) + (dice.random(len(time)) < 0.01) * dice.integers(1, 200, len(time))
    bad, total = np.floor(bad * worse), np.full(len(time), 3_600.0)
    return PushBatch(
        tuple(names),
        series.astype(np.int32),
        time,
        total - bad,
        total,
        np.full(len(time), np.nan),
        np.arange(len(time)),
    )


@pytest.fixture
def house():
    return House()


async def until(house, true):
    """Work is done in threads: time passes until it is."""
    while not true():
        await house.pass_time(5)


async def an_hour_later(house, engine):
    await house.clock.advance(HOUR_S)
    await until(house, lambda: engine.health().head >= house.clock.now() - 60)


async def push(house, engine, *batches):
    """Until the ledgers have what was pushed."""
    for batch in batches:
        await engine.push(batch, None)
    names = [name for batch in batches for name in batch.names]
    while any([(await engine.status(name))[0].assessment.health is Health.NO_DATA for name in names]):
        await house.pass_time(5)


SHOPS = [f"shop-{number}" for number in range(14)]


def test_a_fleet_with_a_past_gets_bands_and_a_service_of_a_week_is_told_why_not(house):
    """The past of all makes the bands of each; that of others is not one's own."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions([*SHOPS, "newborn"]))
            await push(house, engine, past(SHOPS, 40), past(["newborn"], 7))
            one = (await engine.why("shop-3", None)).foreseen
            new = (await engine.why("newborn", None)).foreseen
            (status,) = await engine.status("shop-3")
        forecast = one.forecast
        assert forecast.lack is None
        assert forecast.method in (Method.MEAN, Method.EWMA, Method.INCIDENTS)
        assert forecast.origins >= 200
        assert forecast.band95.low <= forecast.band80.low <= forecast.point <= forecast.band80.high
        assert forecast.band80.high <= forecast.band95.high
        assert forecast.coverage is not None
        assert forecast.spent == pytest.approx(float(status.assessment.budget.consumed_ratio), abs=0.02)
        assert one.until - one.at == 30 * DAY_S // 4
        assert (new.forecast.lack, new.forecast.method) == (Lack.SERVICE, Method.LINEAR)
        assert new.forecast.point == new.forecast.linear

    run(story())


def test_a_lonely_service_gets_the_straight_line_by_its_name(house):
    """Forty days of one service are no two hundred forecasts; another window is another fleet."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions(SHOPS))
            await apply(engine, definitions(["lonely"], "[{duration: 28d, isRolling: true}]"))
            await push(house, engine, past([*SHOPS, "lonely"], 40))
            one = (await engine.why("lonely", None)).foreseen.forecast
        assert (one.lack, one.method, one.band80, one.chance) == (Lack.FLEET, Method.LINEAR, None, None)
        assert 0 < one.origins < 200

    run(story())


@pytest.mark.parametrize("worse", [0.1, 1.0, 4.0])
def test_nothing_is_promised_beyond_the_end_of_a_calendar_window(house, worse):
    """Neither by the bands nor by the straight line, however much or little is burned."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions(SHOPS, WEEK))
            await push(house, engine, past(SHOPS, 40, worse=worse))
            found = [(await engine.why(name, None)).foreseen for name in SHOPS]
        for one in found:
            forecast = one.forecast
            assert one.until == WEEK_ENDS
            assert forecast.band80 is not None
            times = [forecast.exhausted_s, forecast.linear_s, *astuple(forecast.until80), *astuple(forecast.until95)]
            assert all(one.at + time <= WEEK_ENDS for time in times if time is not None)

    run(story())


def test_forecasts_are_made_once_an_hour_and_at_once_for_what_is_new(house):
    """Whoever asks twice gets the same; an hour later they are new, also if nobody asked; so is a changed promise."""

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions(SHOPS[:2]))
            await push(house, engine, past(SHOPS[:2], 20))
            first = (await engine.why(SHOPS[0], None)).foreseen
            assert (await engine.why(SHOPS[0], None)).foreseen is first
            await apply(engine, definitions(SHOPS[:1], target=0.99))
            changed = (await engine.why(SHOPS[0], None)).foreseen
            assert changed.forecast.spent == pytest.approx(first.forecast.spent / 10)
            await an_hour_later(house, engine)
            assert (await engine.why(SHOPS[0], None)).foreseen.at == first.at + HOUR_S

    run(story())


class Watched(MemoryPoints):
    """Counts how often somebody reads weeks of the roll-up at once; as long as `fault` is set, that fails."""

    fault, looks = None, 0

    def hours(self, objectives, span):
        if span.length_s > 7 * DAY_S:
            self.looks += 1
            if self.fault is not None:
                raise self.fault
        return super().hours(objectives, span)


@pytest.mark.parametrize("fault", [StoreFull("no room"), ZeroDivisionError("a fault of ours")])
def test_when_forecasting_fails_evaluation_goes_on_and_the_next_hour_has_forecasts_again(house, fault):
    """It is logged; the number is explained without what will become of it; nothing else is any different."""
    house.points = Watched()

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions(SHOPS[:2]))
            await push(house, engine, past(SHOPS[:2], 20))
            house.points.fault = fault
            why = await engine.why(SHOPS[0], None)
            assert why.foreseen is None
            assert why.lines
            head = engine.health().head
            await until(house, lambda: engine.health().head >= head + 120)
            assert engine.health().ready
            house.points.fault = None
            await an_hour_later(house, engine)
            assert (await engine.why(SHOPS[0], None)).foreseen is not None

    run(story())


def test_a_start_and_its_first_ticks_wait_for_no_forecast(house):
    """Nothing of it happens before the first minute is over."""
    house.points = Watched()

    async def story():
        async with house.open() as engine:
            await apply(engine, definitions(SHOPS[:2]))
            before = house.points.looks
            await house.pass_time(55)
            assert house.points.looks == before
            await until(house, lambda: house.points.looks == before + 1)

    run(story())


NOW = 20_500 * DAY_S + 13 * HOUR_S + 17 * 60
SHAPES = [
    (Budgeting.OCCURRENCES, None, None),
    (Budgeting.TIMESLICES, 60, Fraction(1, 2)),
    (Budgeting.TIMESLICES, 420, Fraction(1, 2)),
    (Budgeting.RATIO_TIMESLICES, 600, None),
    (Budgeting.TRAFFIC_WEIGHTED_TIMESLICES, 60, Fraction(9, 10)),
]


def goal(method, slice_s, slice_target, window, no_data=NoData.EXCLUDE, number=1):
    objective = Objective("main", method, Fraction(9, 10), window, slice_s, slice_target, None, no_data)
    return Goal(number, "bar", "bar", objective, 1, Kind.COUNTS, 1)


def store(begin, end, every=1_020, seed=1):
    """Some events every 17 minutes, so that slices and hours have gaps and edges."""
    dice, time = np.random.default_rng(seed), np.arange(begin - begin % 60, end, every)
    total = dice.integers(1, 9, len(time))
    good = total - np.minimum(total, dice.poisson(0.7, len(time)))
    points = MemoryPoints()
    points.append(Rows(np.ones(len(time), np.int32), time, good, total, np.full(len(time), np.nan)), known_at=0)
    return points


@pytest.mark.parametrize("no_data", [NoData.EXCLUDE, NoData.BAD])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]} {shape[1]}")
def test_what_the_hours_spent_adds_up_to_what_the_budget_says(shape, no_data):
    """Whatever is counted: the hours of a rolling window together are its consumed ratio."""
    one = goal(*shape, Rolling(3 * DAY_S), no_data)
    points = store(NOW - 20 * DAY_S, NOW - 17 * 60)
    book = Book(points, NOW)
    book.set_goals([one])
    (fleet,) = fleets([one], book.head)
    hours = spent(fleet, book, points)
    budget = query.live(one, book, points, fleet.shape.at).budget
    book.close()
    assert fleet.shape.at == NOW - 17 * 60
    assert np.nansum(hours[0, -72:]) == pytest.approx(float(budget.consumed_ratio), rel=1e-9)


def test_the_past_goes_back_beyond_the_ledgers_as_far_as_the_roll_up_does():
    """What was judged a month ago need not be judged again to be learned from."""
    one = goal(*SHAPES[0], Rolling(7 * DAY_S))
    points, earlier = store(NOW - 60 * DAY_S, NOW), NOW - 26 * DAY_S
    for at in (earlier, NOW):
        book = Book(points, at)
        book.set_goals([one])
        (fleet,) = fleets([one], book.head)
        hours = spent(fleet, book, points)
        book.close()
        days = min(35, 60 - (NOW - earlier) // DAY_S) if at == earlier else 60
        assert (~np.isnan(hours)).sum() // 24 in (days - 1, days)


def test_an_unknown_hour_is_unknown_and_not_zero():
    """A day without a row; only what the no-data policy fills is known."""
    points = MemoryPoints()
    for begin, end in ((NOW - 9 * DAY_S, NOW - 5 * DAY_S), (NOW - 4 * DAY_S, NOW)):
        points.append(store(begin, end, 60).read(1, Rolling(30 * DAY_S).at(NOW)), known_at=0)
    wanted = [
        goal(*SHAPES[1], Rolling(7 * DAY_S), how, number) for number, how in enumerate((NoData.EXCLUDE, NoData.BAD))
    ]
    book = Book(points, NOW)
    book.set_goals(wanted)
    (fleet,) = fleets(wanted, book.head)
    plain, strict = spent(fleet, book, points)
    book.close()
    gap = slice(-5 * 24 + 1, -4 * 24 - 1)
    assert np.isnan(plain[gap]).all()
    assert (strict[gap] > 0).all()


MONTH = Calendar(Period.MONTH, 1, datetime(2026, 1, 1), "Asia/Kolkata")  # noqa: DTZ001 - wall-clock time on purpose


@pytest.mark.parametrize("minutes", range(-125, 125, 5))
def test_around_the_end_of_a_month_every_step_lies_within_the_window(minutes):
    """Also where a zone's midnight is none of ours; in its very last minutes nothing is forecast."""
    ends = MONTH.at(NOW).end
    head = ends + minutes * 60
    shape, window = Shape.of(MONTH, head), MONTH.at(head)
    if shape is None:
        assert -75 <= minutes < 0
    else:
        assert shape.until == window.end
        assert max(shape.at, window.start) + shape.horizon.ahead * HOUR_S <= window.end
        assert 0 <= shape.horizon.elapsed * HOUR_S <= head - window.start


def test_a_large_fleet_is_worked_on_in_parts_that_share_no_service():
    """Memory does not grow with the fleet."""
    wanted = [goal(*SHAPES[0], Rolling(30 * DAY_S), number=number) for number in range(1_000)]
    parts = fleets(wanted, NOW)
    assert [one for part in parts for one in part.goals] == wanted
    assert max(len(part.goals) for part in parts) < 300
    assert fleets([goal(*SHAPES[0], Rolling(HOUR_S))], NOW) == []
