"""Budgets and burn rates: what they mean over time."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.evaluation import DAY, HOUR, MINUTE, NOW, assess_points, assessed, objective

from leeway.core.assess import Health
from leeway.core.budget import Budget, budget
from leeway.core.burn import SPANS, burn_rate, time_to_exhaustion_s
from leeway.core.objective import Method, Objective
from leeway.core.points import Points
from leeway.core.tally import Tally, units
from leeway.core.window import Calendar, Period, Rolling, Span

targets = st.integers(0, 9999).map(lambda n: Fraction(n, 10_000))
tallies = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(lambda pair: Tally(min(pair), max(pair), 1))


def goal(method, target, length_s=30 * DAY):
    """A rolling objective with minute slices."""
    return Objective("main", method, Fraction(target), Rolling(length_s), slice_s=MINUTE)


# ---- budgets ----


@given(st.sampled_from(Method), targets, tallies)
def test_a_budget_adds_up_and_is_never_clamped(method, target, tally):
    """Good + bad = total, consumed + remaining = allowed, ratios sum to one; far below zero too."""
    spent = budget(goal(method, target), tally, Span(0, 3600), scale=1)
    assert spent.good + spent.bad == spent.total
    assert spent.consumed + spent.remaining == spent.allowed
    assert spent.consumed_ratio + spent.remaining_ratio == 1 if spent.allowed else spent.consumed_ratio is None
    assert (spent.remaining < 0) == (spent.consumed > spent.allowed)


@given(st.sampled_from(Method), targets, st.lists(tallies, max_size=6))
def test_the_budgets_of_parts_spend_what_the_whole_spends(method, target, parts):
    """Consumption adds up over any split."""
    pieces = [budget(goal(method, target), part, Span(0, 3600), scale=1) for part in parts]
    whole = budget(goal(method, target), sum(parts, Tally(0, 0, 0)), Span(0, 3600), scale=1)
    assert sum((piece.consumed for piece in pieces), Fraction(0)) == whole.consumed
    assert sum((piece.total for piece in pieces), Fraction(0)) == whole.total


@pytest.mark.parametrize(
    ("target", "days", "seconds"),
    [
        ("0.9", 1, "8640"),
        ("0.95", 7, "30240"),
        ("0.99", 28, "24192"),
        ("0.995", 30, "12960"),
        ("0.999", 30, "2592"),
        ("0.9995", 90, "3888"),
        ("0.9999", 365, "3153.6"),
        ("0.99999", 30, "25.92"),
    ],
)
def test_allowed_downtime_is_what_the_tables_say(target, days, seconds):
    """Slices of a minute: 99.9 % of thirty days is 43.2 of them, not 43."""
    window = Span(0, days * DAY)
    allowed = budget(goal(Method.TIMESLICES, target, window.length_s), Tally(0, 0, 0), window, scale=1).allowed
    assert allowed * MINUTE == Fraction(seconds)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_a_month_with_a_clock_change_allows_by_its_own_length(zone):
    """Calendar budgets are of the period as it is: October is longer than 31 days in Berlin, shorter on Lord Howe."""
    month = Calendar(Period.MONTH, 1, datetime.fromisoformat("2026-01-01"), zone)
    october = month.at(int(datetime.fromisoformat("2026-10-15T12:00:00+00:00").timestamp()))
    seconds = {"Europe/Berlin": 2_682_000, "Australia/Lord_Howe": 2_676_600}[zone]
    allowed = budget(goal(Method.TIMESLICES, "0.999"), Tally(0, 0, 0), october, scale=1).allowed
    assert allowed * MINUTE == Fraction(seconds, 1000)


def test_a_rolling_window_sees_two_outages_that_no_month_sees():
    """60 % of a budget on day 20 and 60 % on day 40: 120 % of thirty days, 60 % of each month."""
    start = 20_000 * DAY
    minutes = np.arange(start, start + 50 * DAY, MINUTE)
    bad = np.zeros(len(minutes), np.int64)
    for day in (20, 40):
        bad[(day * DAY - HOUR) // MINUTE :][:26] = 1  # 26 of 43.2 minutes
    points = Points(minutes, 1 - bad, np.ones_like(bad))
    rolling = Objective(
        "main", Method.TIMESLICES, Fraction("0.999"), Rolling(30 * DAY), slice_s=MINUTE, slice_target=Fraction(1)
    )
    assert float(assess_points(rolling, points, start + 40 * DAY).budget.consumed_ratio) == pytest.approx(52 / 43.2)
    assert float(assess_points(rolling, points, start + 50 * DAY).budget.consumed_ratio) == pytest.approx(26 / 43.2)


# ---- burn rates ----


@given(st.sampled_from(Method), targets, st.integers(1, 1000), st.integers(1, 60))
def test_a_steady_burn_of_one_empties_the_budget_exactly_at_the_end(method, target, scale, slices):
    """Bad at exactly the allowed share: nothing remains when the window is full, whatever the method and volume."""
    aim = goal(method, target, slices * MINUTE)
    quanta, share = units(method, scale), aim.allowed_share
    total = slices * share.denominator if method.counts_events else slices
    exact = Fraction(total, quanta.total) * share * quanta.bad
    tally = Tally(int(exact), total, slices)
    spent = budget(aim, tally, Span(0, slices * MINUTE), scale)
    rate = burn_rate(aim, tally, scale)
    assert (rate == 1) == (exact.denominator == 1) == (spent.remaining == 0)
    assert rate is not None
    assert spent.consumed_ratio == rate


@pytest.mark.parametrize(
    ("days", "share", "span_s", "burn"),
    [
        (30, "0.02", HOUR, "14.4"),
        (30, "0.05", 6 * HOUR, "6"),
        (30, "0.1", DAY, "3"),
        (30, "0.1", 3 * DAY, "1"),
        (7, "0.02", HOUR, "3.36"),
        (28, "0.05", 6 * HOUR, "5.6"),
        (90, "0.02", HOUR, "43.2"),
        (365, "0.02", HOUR, "175.2"),
    ],
)
def test_a_burn_rate_over_a_span_is_a_share_of_the_budget(days, share, span_s, burn):
    """Spending 2 % of thirty days' budget in an hour is a burn of 14.4, and so on for every period."""
    aim = goal(Method.TIMESLICES, "0.9", days * DAY)
    slices = span_s // MINUTE
    bad = Fraction(share) * budget(aim, Tally(0, 0, 0), Span(0, days * DAY), scale=1).allowed
    scaled = Tally(int(bad * 1000), slices * 1000, slices)
    assert burn_rate(aim, scaled, scale=1) == Fraction(burn)


def test_one_error_of_four_is_a_burn_of_25():
    """Four events an hour at 99 %: a single error looks like a disaster. And 10 % of 99.9 % is 100, not 1,000."""
    assert burn_rate(goal(Method.OCCURRENCES, "0.99"), Tally(1, 4, 1), scale=1) == 25
    assert burn_rate(goal(Method.OCCURRENCES, "0.999"), Tally(1, 10, 1), scale=1) == 100


@pytest.mark.parametrize("method", Method)
def test_silence_has_no_burn_rate(method):
    """Not 0: a burn of 0 would say that all is well."""
    seen = assessed(objective(method), [1], [1], [NOW - 2 * HOUR])
    assert {name: rate is None for name, rate in seen.burn_rates.items()} == {
        name: length < 2 * HOUR for name, length in SPANS.items()
    }
    assert seen.time_to_exhaustion_s is None


def test_burn_rates_look_back_past_the_start_of_a_calendar_window():
    """A day that began ten minutes ago remembers the outage of the hour before it, in its burn but not its budget."""
    day = Calendar(Period.DAY, 1, datetime.fromisoformat("2026-01-01"), "UTC")
    midnight = NOW - NOW % DAY
    aim = Objective("main", Method.OCCURRENCES, Fraction("0.9"), day)
    times = np.arange(midnight - HOUR, midnight + 600, MINUTE)
    points = Points(times, (times >= midnight).astype(np.int64), np.ones_like(times))
    seen = assess_points(aim, points, midnight + 600)
    assert (seen.budget.bad, seen.budget.total) == (0, 10)
    assert seen.burn_rates["1h"] == Fraction(50, 60) * 10
    assert seen.elapsed_ratio == Fraction(10, 1440)
    assert seen.time_to_exhaustion_s == DAY / seen.burn_rates["1h"]


# ---- time to exhaustion, health ----


@given(targets, st.fractions(0, 1), st.fractions(0, 100))
def test_what_remains_lasts_until_it_is_burnt(target, spent_share, rate):
    """Going on at the burn rate for the time to exhaustion spends the rest, exactly."""
    allowed = (1 - target) * 1000
    left = Budget(True, Fraction(1000), spent_share * allowed, Fraction(1000), allowed)
    seconds = time_to_exhaustion_s(left, Span(0, 30 * DAY), rate)
    if spent_share == 1:
        assert seconds == 0
    elif rate == 0:
        assert seconds is None
    else:
        assert left.remaining_ratio == rate * seconds / (30 * DAY)


@pytest.mark.parametrize(
    ("bad", "health"),
    [(0, Health.HEALTHY), (8, Health.HEALTHY), (9, Health.AT_RISK), (10, Health.EXHAUSTED), (11, Health.EXHAUSTED)],
)
def test_health_turns_below_a_fifth_and_at_nothing(bad, health):
    """Ten may go bad of a hundred: with exactly 20 % left it is healthy, with nothing left it is exhausted."""
    seen = assessed(objective(Method.OCCURRENCES, "0.9"), [100 - bad], [100])
    assert seen.health is health
    assert (seen.time_to_exhaustion_s == 0) is (health is Health.EXHAUSTED)


def test_a_spent_budget_lasts_no_second_longer_though_nothing_burns():
    """Spent to the last event two hours ago and clean since: exhausted, and 0, not unknown."""
    times = [NOW - 2 * HOUR, NOW - MINUTE]
    seen = assessed(objective(Method.OCCURRENCES, "0.9", minutes=180), [0, 9], [1, 9], times)
    assert (seen.budget.remaining, seen.burn_rates["1h"]) == (0, 0)
    assert (seen.health, seen.time_to_exhaustion_s) == (Health.EXHAUSTED, 0)


def test_no_events_is_no_data_also_where_rows_say_so():
    """Zero events all day is covered and unknown, not healthy."""
    seen = assessed(objective(Method.OCCURRENCES), [0] * 10, [0] * 10)
    assert (seen.health, seen.coverage, seen.budget.sli, seen.interval) == (Health.NO_DATA, 1, None, None)
    assert seen.budget.consumed_ratio is seen.budget.remaining_ratio is None


@pytest.mark.parametrize("seconds", [0, 59])
def test_a_period_without_an_elapsed_step_has_no_coverage(seconds):
    """At its first boundary a calendar window has seen nothing: neither 0 % nor 100 %."""
    day = Calendar(Period.DAY, 1, datetime.fromisoformat("2026-01-01"), "UTC")
    aim = Objective("main", Method.OCCURRENCES, Fraction("0.9"), day)
    seen = assess_points(aim, Points.empty(), NOW - NOW % DAY + seconds)
    assert (seen.coverage, seen.elapsed_ratio, seen.health) == (None, 0, Health.NO_DATA)


def test_a_step_that_had_begun_before_the_window_is_not_missed_in_its_coverage():
    """A day that begins at half past a minute: two minutes after midnight one step has begun in it, and has a row."""
    day = Calendar(Period.DAY, 1, datetime.fromisoformat("2026-01-01T00:00:30"), "UTC")
    aim = Objective("main", Method.OCCURRENCES, Fraction("0.9"), day)
    midnight = NOW - NOW % DAY
    seen = assess_points(aim, Points(midnight + np.array([0, 60]), np.array([1, 1]), np.array([1, 1])), midnight + 120)
    assert (seen.coverage, seen.budget.total) == (1, 1)
