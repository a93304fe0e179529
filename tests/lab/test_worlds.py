"""The simulated worlds, and what forecasts are worth in them."""

from __future__ import annotations

import numpy as np
import pytest

from leeway.core.forecast import Method
from leeway.errors import Invalid
from leeway.lab.forecast import judge
from leeway.lab.worlds import HISTORY_DAYS, TARGET_BAD, WINDOW_DAYS, WORLDS, incidents, regimes

HOUR_S, DAY, WINDOW = 3_600, 24, WINDOW_DAYS * 24


def dice(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("make", WORLDS.values(), ids=list(WORLDS))
def test_a_world_is_made_by_its_dice_alone(make):
    """The same seed is the same world, another one is not."""
    first, again, other = make(dice(), 20), make(dice(), 20), make(dice(1), 20)
    assert (first.bad == again.bad).all()
    assert (first.bad != other.bad).any()


@pytest.mark.parametrize("make", WORLDS.values(), ids=list(WORLDS))
def test_a_world_has_whole_events_by_day_and_by_night(make):
    """60 + 30 days of hours, never more bad events than events, four times as many at the height of the day."""
    world = make(dice(), 20)
    assert world.bad.shape == world.total.shape == (20, (HISTORY_DAYS + WINDOW_DAYS) * DAY)
    assert ((world.bad >= 0) & (world.bad <= world.total) & (world.bad % 1 == 0)).all()
    day = world.total[0, :DAY]
    assert (day.max(), day.min()) == (6_400, 1_600)
    assert (world.total == np.tile(day, world.total.shape[1] // DAY)).all()


@pytest.mark.parametrize("make", WORLDS.values(), ids=list(WORLDS))
def test_shares_add_up_to_the_consumed_budget(make):
    """Over the window: bad / (0.1 % of all)."""
    world = make(dice(), 20)
    bad, total = (counts[:, -WINDOW:].sum(axis=1) for counts in (world.bad, world.total))
    np.testing.assert_allclose(world.spent[:, -WINDOW:].sum(axis=1), bad / (TARGET_BAD * total))


def test_incidents_are_rare_and_most_hours_quiet():
    """Hours that do not burn fail at 15 % of the allowed rate, or little more; something burns on every third day."""
    world = incidents(dice())
    burning = world.bad > 3 * TARGET_BAD * world.total
    quiet = world.bad[~burning].sum() / world.total[~burning].sum()
    assert quiet == pytest.approx(0.15 * TARGET_BAD, rel=0.3)
    assert 0.2 < (burning[:, 1:] & ~burning[:, :-1]).sum(axis=1).mean() / (HISTORY_DAYS + WINDOW_DAYS) < 0.5


def test_regimes_last_for_ten_days_and_have_no_incidents():
    """Whole days of a service lie near each other until the level changes: about one change in ten days."""
    world = regimes(dice(), 300)
    daily = np.log(world.bad.reshape(300, -1, DAY).sum(axis=2) + 1)
    assert 0.05 < (np.abs(np.diff(daily, axis=1)) > 0.7).mean() < 0.15
    assert np.median(world.bad / world.total) == pytest.approx(0.35 * TARGET_BAD, rel=0.2)


@pytest.mark.parametrize(("name", "low", "high"), [("incidents", 0.38, 0.52), ("regimes", 0.09, 0.21)])
def test_how_often_a_budget_is_gone_at_the_end(name, low, high):
    """The rate that any forecast of exhaustion must beat: about 45 % and 15 %."""
    gone = [(WORLDS[name](dice(seed)).spent[:, -WINDOW:].sum(axis=1) >= 1).mean() for seed in range(3)]
    assert low < np.mean(gone) < high


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("day", [3, 10, 20])
def test_bands_hold_what_they_promise_in_both_worlds(name, day):
    """|coverage − nominal| ≤ 0.08 at 80 % and ≤ 0.05 at 95 %, over three worlds."""
    found = [judge(WORLDS[name](dice(seed)).spent, HOUR_S, WINDOW, day * DAY) for seed in range(3)]
    assert np.mean([one.inside80.mean() for one in found]) == pytest.approx(0.8, abs=0.08)
    assert np.mean([one.inside95.mean() for one in found]) == pytest.approx(0.95, abs=0.05)
    assert np.nanmean([np.nanmean(one.in_time) for one in found]) >= 0.78


@pytest.mark.parametrize("name", WORLDS)
def test_bands_of_a_small_fleet_are_wider_not_wrong(name):
    """Ten services, 20 days ahead: twenty stretches that do not overlap say less than three hundred services do."""
    spent = WORLDS[name](dice(5)).spent[:150]
    fleets = [judge(spent[ten : ten + 10], HOUR_S, WINDOW, 10 * DAY) for ten in range(0, 150, 10)]
    assert np.mean([one.inside80.mean() for one in fleets]) > 0.7
    assert np.mean([one.inside95.mean() for one in fleets]) > 0.88


@pytest.mark.parametrize("name", WORLDS)
def test_choosing_costs_little_beside_the_best_method(name):
    """CRPS of each service's own choice ≤ 1.25 × that of the best method for all."""
    spent = WORLDS[name](dice()).spent
    chosen = judge(spent, HOUR_S, WINDOW, 10 * DAY).crps.mean()
    single = [
        judge(spent, HOUR_S, WINDOW, 10 * DAY, (one,)).crps.mean()
        for one in (Method.MEAN, Method.EWMA, Method.INCIDENTS)
    ]
    assert chosen <= 1.25 * min(single)


def test_what_cannot_be_banded_cannot_be_judged():
    """A dozen days before the window are no past."""
    spent = incidents(dice(), 5).spent[:, -WINDOW - 12 * DAY :]
    with pytest.raises(Invalid, match="too little past"):
        judge(spent, HOUR_S, WINDOW, 3 * DAY)
