"""Forecasts of the budget at a window's end: what they may say, what makes them, and when they must be silent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from leeway.core.forecast import METHODS, History, Horizon, Lack, Method, forecast, outlook, shares
from leeway.core.forecast.choice import choose
from leeway.core.forecast.conformal import Calibration, scaled, score
from leeway.core.forecast.horizon import reaches
from leeway.core.forecast.incidents import compound_poisson
from leeway.core.forecast.methods import ewma, mean_so_far, rates
from leeway.core.forecast.trial import Trial

DAY, HOUR_S, DAY_S = 24, 3_600, 86_400
amounts = st.floats(0, 2).map(lambda share: round(share, 6))
pasts = nps.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 60)), elements=amounts | st.just(np.nan))


def fleet(services=12, days=70, seed=1):
    """Hourly shares of a month's budget: a trickle, and incidents of all sizes, some services worse than others."""
    dice = np.random.default_rng(seed)
    spent = dice.gamma(2.0, 1 / 8_000, (services, days * DAY))
    burns = dice.random(spent.shape) < dice.uniform(0.2, 1.5, (services, 1)) / (4 * DAY)
    return spent + burns * dice.lognormal(-3.5, 1.2, spent.shape)


def forecasts(spent, horizon, step_s=HOUR_S):
    """Those of all services."""
    seen = outlook(History.of(spent, step_s), horizon)
    return [forecast(seen, place) for place in range(len(spent))]


# ---- what is said ----


@settings(max_examples=24)
@given(st.integers(0, 5), st.sampled_from([(3, 27), (10, 20), (20, 10), (29, 1)]), st.booleans())
def test_a_band_holds_the_point_and_the_wider_one_the_narrower(seed, days, rolling):
    """Spent for sure ≤ low 95 ≤ low 80 ≤ point ≤ high 80 ≤ high 95, and times in the opposite order."""
    elapsed, ahead = (30 * DAY, days[1] * DAY) if rolling else (days[0] * DAY, days[1] * DAY)
    horizon = Horizon(elapsed, ahead, rolling)
    spent = fleet(seed=seed)
    kept = horizon.kept(History.of(spent, HOUR_S))[:, -1]
    for one, sure in zip(forecasts(spent, horizon), kept, strict=True):
        edges = [sure, one.band95.low, one.band80.low, one.point, one.band80.high, one.band95.high]
        assert edges == sorted(edges)
        late = np.inf
        times = [one.until95.earliest_s, one.until80.earliest_s, one.exhausted_s, one.until80.latest_s]
        filled = [late if time is None else time for time in [*times, one.until95.latest_s]]
        assert filled == sorted(filled)
        assert 0 <= one.chance <= 1


@settings(max_examples=24)
@given(st.integers(0, 5), st.integers(1, 29))
def test_no_time_beyond_the_end_of_a_calendar_window_is_ever_named(seed, left):
    """Then the budget begins anew; the straight line knows that too."""
    for one in forecasts(fleet(days=60, seed=seed), Horizon((30 - left) * DAY, left * DAY)):
        spans = [span for span in (one.until80, one.until95) if span]
        times = [one.linear_s, one.exhausted_s, *(time for span in spans for time in (span.earliest_s, span.latest_s))]
        assert all(time is None or 0 <= time <= left * DAY_S for time in times)


def test_a_spent_budget_is_spent_now():
    """Whatever comes, in a calendar window nothing comes back: 0 seconds, surely."""
    spent = fleet()
    spent[0, -5 * DAY] = 1.5
    one = forecasts(spent, Horizon(10 * DAY, 20 * DAY))[0]
    assert one.linear_s == one.exhausted_s == one.until95.earliest_s == one.until95.latest_s == 0
    assert one.chance == 1


def test_what_leaves_a_rolling_window_counts():
    """An outage 25 days ago leaves a window of 30 days within the week; one of yesterday stays."""
    spent = np.full((2, 40 * DAY), 0.1 / (30 * DAY))
    spent[0, -25 * DAY] += 0.8
    spent[1, -1 * DAY] += 0.8
    old, new = forecasts(spent, Horizon(30 * DAY, 7 * DAY, rolling=True))
    assert old.spent == pytest.approx(new.spent) == pytest.approx(0.9)
    assert old.linear == pytest.approx(0.9 - 0.8 + 7 * DAY * (0.9 - 0.1) / (30 * DAY))
    assert new.linear == pytest.approx(0.9 + 7 * DAY * (0.9 - 0.1) / (30 * DAY))
    assert old.linear_s is None or old.linear_s < 5 * DAY_S


def test_the_order_of_services_changes_nothing():
    """A forecast is of a service, not of a row."""
    spent, order = fleet(), np.random.default_rng(3).permutation(12)
    horizon = Horizon(10 * DAY, 20 * DAY)
    plain, mixed = forecasts(spent, horizon), forecasts(spent[order], horizon)
    for place, was in enumerate(order):
        assert mixed[place].method is plain[was].method
        assert mixed[place].coverage == plain[was].coverage
        assert mixed[place].point == pytest.approx(plain[was].point)


def test_days_say_what_hours_say():
    """A history by the day, for fleets too large for hours: the same means, and bands that are much the same."""
    spent = fleet(services=30)
    days = spent.reshape(30, -1, DAY).sum(axis=2)
    means = [
        outlook(History.of(past, step_s), Horizon(10 * day, 20 * day), (Method.MEAN,)).banded
        for past, step_s, day in ((spent, HOUR_S, DAY), (days, DAY_S, 1))
    ]
    np.testing.assert_allclose(means[0].quantiles, means[1].quantiles)
    np.testing.assert_allclose(means[0].chance, means[1].chance)


def test_the_chance_agrees_with_the_bands():
    """If the budget lasts at the upper edge of a band, the chance that it does not is at most what is left out."""
    for one in forecasts(fleet(services=30), Horizon(10 * DAY, 20 * DAY)):
        if one.band80.high < 1:
            assert one.chance <= 0.1
        if one.band80.low >= 1:
            assert one.chance >= 0.9


# ---- when there is no band ----


def test_a_fleet_with_little_past_gets_the_straight_line_named_as_such():
    """Two services of 30 days, 20 days ahead: one past forecast each is no measure of anything."""
    one = forecasts(fleet(2, 30), Horizon(10 * DAY, 20 * DAY))[0]
    assert (one.lack, one.method, one.origins) == (Lack.FLEET, Method.LINEAR, 2)
    assert one.point == one.linear == pytest.approx(3 * one.spent)
    assert one.exhausted_s == one.linear_s
    assert one.band80 is one.band95 is one.until80 is one.until95 is one.chance is one.coverage is None


def test_bands_begin_with_two_hundred_forecasts_of_the_past():
    """Day by day, with ten days behind each and its outcome known: 199 are too few."""
    horizon = Horizon(20 * DAY, 10 * DAY)
    assert forecasts(fleet(1, 10 + 198 + 10), horizon)[0].origins == 199
    assert forecasts(fleet(1, 10 + 198 + 10), horizon)[0].lack is Lack.FLEET
    assert forecasts(fleet(1, 10 + 199 + 10), horizon)[0].origins == 200
    assert forecasts(fleet(1, 10 + 199 + 10), horizon)[0].lack is None


def test_a_young_service_has_no_band_in_an_old_fleet():
    """Nine days of its own are too few, eleven are enough; the fleet's past is not its own."""
    spent = fleet()
    spent[0, : -9 * DAY] = np.nan
    spent[1, : -11 * DAY] = np.nan
    young, grown, *_ = forecasts(spent, Horizon(5 * DAY, 25 * DAY))
    assert (young.lack, young.method, young.band80) == (Lack.SERVICE, Method.LINEAR, None)
    assert young.point == young.linear == pytest.approx(6 * young.spent)
    assert grown.lack is None
    assert grown.coverage.judged == 0
    assert grown.coverage.share80 is None


def test_of_what_is_unknown_nothing_is_said():
    """A service without one known step has no line either; the others are forecast as if it were not there."""
    spent, horizon = fleet(), Horizon(10 * DAY, 20 * DAY)
    blind = np.vstack([spent, np.full((1, spent.shape[1]), np.nan)])
    *others, dark = forecasts(blind, horizon)
    assert dark.point is dark.linear is dark.linear_s is dark.exhausted_s is dark.band95 is None
    assert [one.point for one in others] == pytest.approx([one.point for one in forecasts(spent, horizon)])


def test_on_the_first_step_of_a_window_the_line_is_that_of_all_history():
    """Nothing of the window is known yet."""
    one = forecasts(np.full((1, 48), 0.002), Horizon(0, 720))[0]
    assert (one.spent, one.linear) == (0, pytest.approx(1.44))
    assert one.linear_s == pytest.approx(500 * HOUR_S)


def test_a_fleet_of_nobody_has_no_forecasts():
    """And no error either."""
    assert forecasts(np.empty((0, 100)), Horizon(10, 20)) == []


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: History.of(np.array([[-0.1]]), HOUR_S), "0 or more"),
        (lambda: History.of(np.array([[np.inf]]), HOUR_S), "0 or more"),
        (lambda: History.of(np.array([[0.1]]), 7_000), "divides the day"),
        (lambda: History.of(np.empty((1, 0)), HOUR_S), "one step"),
        (lambda: Horizon(10, 0), "ahead"),
        (lambda: Horizon(-1, 1), "ahead"),
        (lambda: Horizon(10, 11, rolling=True), "ask for its length"),
        (lambda: rates(Method.LINEAR, History.of(np.zeros((1, 1)), DAY_S)), "window"),
    ],
)
def test_what_makes_no_sense_is_refused(make, says):
    """With the reason."""
    with pytest.raises(ValueError, match=says):
        make()


# ---- point forecasts ----


@given(pasts, st.floats(0, 1), st.data())
def test_more_consumption_never_forecasts_less(spent, more, data):
    """Of means and weighted means; whichever known step it was."""
    place = tuple(data.draw(st.integers(0, size - 1)) for size in spent.shape)
    worse = spent.copy()
    worse[place] += more
    for method in (mean_so_far, ewma):
        before, after = method(History.of(spent, DAY_S)), method(History.of(worse, DAY_S))
        assert (np.isnan(before) | (after >= before - 1e-12)).all()


@given(pasts, st.floats(0.01, 100))
def test_means_scale_with_what_was_spent(spent, factor):
    """Twice as much spent is twice as much forecast, so the unit does not matter."""
    for method in (mean_so_far, ewma):
        once, more = method(History.of(spent, DAY_S)), method(History.of(factor * spent, DAY_S))
        np.testing.assert_allclose(more, factor * once, rtol=1e-9, atol=1e-15)


@given(amounts, st.integers(1, 50), st.sampled_from([HOUR_S, DAY_S]))
def test_who_spends_evenly_is_forecast_to_go_on(share, steps, step_s):
    """All three methods agree on the one case in which there is nothing to know."""
    history = History.of(np.full((2, steps), share), step_s)
    for method in (Method.MEAN, Method.EWMA):
        np.testing.assert_allclose(rates(method, history)[:, -1], share, rtol=1e-9)
    if share * history.day < 1 / 12:
        np.testing.assert_allclose(rates(Method.INCIDENTS, history)[:, -1], share, rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_forecast_of_the_past_knows_nothing_of_what_came_after(method):
    """What a day would have said is what was said on that day."""
    spent = fleet(services=4, days=20)
    spent[2, 50:90] = np.nan
    said = rates(method, History.of(spent, HOUR_S))
    for day in (1, 7, 19):
        then = rates(method, History.of(spent[:, : day * DAY], HOUR_S))
        np.testing.assert_allclose(said[:, :day], then)


def test_the_weighted_mean_forgets_half_in_a_week():
    """14 days of 1 after 14 days of 0: three quarters of the weight, but for what is older than all."""
    spent = np.r_[np.zeros(14), np.ones(14)][None] / 100
    assert ewma(History.of(spent, DAY_S))[0, -1] == pytest.approx(0.01 * 0.75 / (1 - 0.5**4))


@pytest.mark.parametrize("method", [mean_so_far, ewma])
def test_unknown_steps_are_not_steps_without_errors(method):
    """A night without data does not make a service better."""
    spent = np.full((1, 10), 0.03)
    spent[0, [0, 4, 5]] = np.nan
    said = method(History.of(spent, DAY_S))[0]
    assert np.isnan(said[0])
    np.testing.assert_allclose(said[1:], 0.03)


def test_incidents_are_rate_times_size_on_a_trickle():
    """Two incidents of one service in 40 days, none of the other: the fleet's rate and sizes lean on both."""
    spent = np.full((2, 40 * DAY), 0.0001)
    spent[0, 100:103] = 0.1
    spent[0, 500] = 0.5
    own, other = compound_poisson(History.of(spent, HOUR_S))[:, -1]
    steps, size = 40 * DAY, 0.8 / 2
    per_step = 1 / steps  # two in twice as many steps
    assert own == pytest.approx(0.0001 + (2 + 1) / (steps + 1 / per_step) * (0.8 + 5 * size) / 7)
    assert other == pytest.approx(0.0001 + 1 / (steps + 1 / per_step) * size)


def test_a_larger_incident_never_forecasts_less():
    """For the same hours; nor for anybody else, who might have it too."""
    spent = fleet(services=5, days=30)
    worse = spent.copy()
    worse[0, np.argmax(spent[0])] *= 3
    before, after = (compound_poisson(History.of(one, HOUR_S))[:, -1] for one in (spent, worse))
    assert after[0] > before[0]
    assert (after >= before).all()


# ---- calibration ----


@given(st.integers(39, 400), st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_a_band_holds_what_it_promises_for_exchangeable_scores(count, band):
    """The next of n + 1 exchangeable scores is as likely between any two of the others: count the places inside."""
    low, high = Calibration.of(np.arange(count, dtype=float), count).edges(band)
    assert (high - low) / (count + 1) >= band - 1e-9
    assert (high - low) / (count + 1) <= band + 3 / count


def test_few_independent_stretches_make_a_band_as_wide_as_the_past():
    """A thousand forecasts of three overlapping months are three: the furthest-off one may come again."""
    scores = np.random.default_rng(0).normal(size=1_000)
    assert Calibration.of(scores, 3).edges(0.8) == (scores.min(), scores.max())
    narrow, wide = Calibration.of(scores, 1_000).edges(0.8), Calibration.of(scores, 20).edges(0.8)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@given(amounts, st.floats(-5, 5), amounts)
def test_a_score_and_its_use_are_inverse_and_rise_together(predicted, off, measured):
    """What was spent comes back, nothing is spent below nothing, more predicted is more expected."""
    assert scaled(np.array(predicted), score(np.array(measured), np.array(predicted))) == pytest.approx(measured)
    assert scaled(np.array(predicted), np.array(off)) >= 0
    assert scaled(np.array(predicted + 0.1), np.array(off)) >= scaled(np.array(predicted), np.array(off))


def test_measured_coverage_uses_only_what_was_known_on_the_day():
    """What the last ten days brought decides whether they were inside, never where the edges were."""
    spent = fleet()
    rewritten = spent.copy()
    rewritten[:, -10 * DAY :] *= 50
    found = []
    for past in (spent, rewritten):
        history = History.of(past, HOUR_S)
        trial = Trial.of(history, mean_so_far(history)[None], 10 * DAY)
        found.append(trial.covered(0, (0.8, 0.95)))
    plain, worse = found
    assert (plain[-1] == worse[-1]).all()
    assert (plain[-1] > 20).all()
    # nobody's past before those ten days changed: at most the ten last origins can fall out
    assert ((plain - worse)[:2] <= 10).all()
    assert (worse[0] < plain[0]).any()


def test_gaps_in_the_data_are_no_quiet_times():
    """A stretch of which more than a tenth is unknown is no outcome; a smaller gap is taken to be like the rest."""
    spent = np.full((1, 20), 0.01)
    spent[0, 10:12] = np.nan
    history = History.of(spent, DAY_S)
    measured = history.measured(np.array([0, 5, 8]), 10)[0]
    assert measured[0] == pytest.approx(0.1)
    assert np.isnan(measured[1:]).all()
    spent[0, 10] = 0.01
    assert History.of(spent, DAY_S).measured(np.array([5]), 10)[0] == pytest.approx(0.1)


def test_a_method_is_chosen_by_what_it_cost_and_a_short_past_leans_on_the_fleet():
    """Forty windows speak for themselves, one does not outvote the fleet; who was never judged goes with the fleet."""
    costs = np.ones((2, 12, 4))
    costs[1, :9] = 0.5  # the second is better for most
    costs[0, 9:11] = 0.7  # the first for these two, of which one has been seen for longer
    costs[:, 11] = np.nan
    picked = choose(costs, np.array([2.0] * 9 + [40.0, 1.0, 0.0]))
    assert picked.tolist() == [1] * 9 + [0, 1, 1]


# ---- paths and shares ----


@pytest.mark.parametrize(
    ("path", "seconds"),
    [
        ([0.0, 0.5, 1.5], 1.5 * HOUR_S),
        ([0.9, 1.0, 1.0], 1.0 * HOUR_S),
        ([1.2, 1.3, 1.4], 0.0),
        ([1.0, 0.2, 0.2], 0.0),
        ([0.1, 0.2, 0.3], None),
        ([0.9, 1.1, 0.5], 0.5 * HOUR_S),
    ],
)
def test_a_path_reaches_the_whole_budget_where_it_first_crosses(path, seconds):
    """Straight between two steps; 0 if it starts there; never is nothing."""
    found = reaches(np.array([path]), HOUR_S)[0]
    assert np.isnan(found) if seconds is None else found == pytest.approx(seconds)


@given(st.integers(2, 40), st.floats(0.0001, 0.5))
def test_the_shares_of_a_whole_window_are_its_consumed_ratio(steps, allowed):
    """Bad / allowed, whatever the traffic did within it."""
    dice = np.random.default_rng(steps)
    total = dice.integers(1, 1_000, (3, steps)).astype(float)
    bad = np.floor(total * dice.random(total.shape) / 50)
    spent = shares(bad, total, np.full(3, allowed), steps)
    np.testing.assert_allclose(spent.sum(axis=1), bad.sum(axis=1) / (allowed * total.sum(axis=1)), rtol=1e-9)


def test_a_budget_of_nothing_has_no_shares():
    """No traffic, or a target of 100 %: unknown, not free."""
    total, bad = np.array([[0.0, 0.0], [5.0, 5.0], [np.nan, 4.0]]), np.zeros((3, 2))
    spent = shares(bad, total, np.array([0.01, 0.0, 0.01]), 2)
    np.testing.assert_array_equal(spent, [[np.nan, np.nan], [np.nan, np.nan], [np.nan, 0.0]])
