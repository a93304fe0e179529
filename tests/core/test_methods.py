"""Budgeting methods: what each of them makes of the same data, and of data that is not there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.core.evaluation import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    assess_rows,
    assessed,
    counts,
    judged_at,
    last_minutes,
    objective,
    points_of,
    values,
)

from leeway.core.assess import Health
from leeway.core.judge import State, judge
from leeway.core.objective import Method, NoData, Objective, Op, Threshold
from leeway.core.points import Points
from leeway.core.quality import Kind
from leeway.core.track import Track
from leeway.core.window import Rolling, Span

# ---- published figures ----

BAR_GOOD = [2, 10, 12, 13, 13, 12, 13, 13, 12, 11]
BAR_TOTAL = [4, 10, 12, 13, 14, 15, 14, 13, 12, 11]


@pytest.mark.parametrize(
    ("method", "sli", "consumed"),
    [
        (Method.OCCURRENCES, 0.940677966101695, 1.1864406779661016),
        (Method.TIMESLICES, 0.6, 8.0),
        (Method.RATIO_TIMESLICES, 0.9157142857142857, 1.6857142857142857),
        (Method.TRAFFIC_WEIGHTED_TIMESLICES, 0.6016949152542372, 7.966102),
    ],
)
def test_four_methods_see_four_budgets_in_the_same_ten_minutes(method, sli, consumed):
    """Seven bad events of 118, in four of ten minutes, at a target of 95 %."""
    budget = assessed(objective(method), BAR_GOOD, BAR_TOTAL).budget
    assert float(budget.sli) == pytest.approx(sli, abs=1e-12)
    assert float(budget.consumed_ratio) == pytest.approx(consumed, abs=1e-6)
    assert budget.remaining_ratio == 1 - budget.consumed_ratio


def day(outage_start, outage_minutes, bad_share):
    """A day of 480 quiet minutes (10 events) and 960 busy ones (1,000), with an outage: good and total."""
    total = [10] * 480 + [1000] * 960
    good = list(total)
    for minute in range(outage_start, outage_start + outage_minutes):
        good[minute] = round(total[minute] * (1 - bad_share))
    return good, total


@pytest.mark.parametrize(
    ("outage", "consumed"),
    [
        (day(100, 20, 1.0), (0.020729684908789386, 1.3888888888888888, 1.3888888888888888, 0.020729684908789386)),
        (day(900, 20, 1.0), (2.0729684908789388, 1.3888888888888888, 1.3888888888888888, 2.0729684908789388)),
        (day(900, 20, 0.05), (0.10364842454394693, 1.3888888888888888, 0.06944444444444445, 2.0729684908789388)),
    ],
    ids=["total outage at night", "total outage at the peak", "5 % errors at the peak"],
)
def test_the_choice_of_method_decides_what_an_outage_costs(outage, consumed):
    """Occurrences, Timeslices, RatioTimeslices, TrafficWeightedTimeslices: up to 67 times apart."""
    found = [assessed(objective(method, "0.99", minutes=1440), *outage).budget.consumed_ratio for method in Method]
    assert [float(ratio) for ratio in found] == pytest.approx(consumed, rel=1e-12)


@pytest.mark.parametrize(
    ("method", "sli", "consumed"),
    [
        (Method.OCCURRENCES, "0.95", "0.5"),
        (Method.TIMESLICES, "1", "0"),
        (Method.RATIO_TIMESLICES, "0.95", "0.25"),
        (Method.TRAFFIC_WEIGHTED_TIMESLICES, "1", "0"),
    ],
)
def test_minutes_without_events_count_neither_way(method, sli, consumed):
    """Ten good, two minutes of silence, nine of ten good. Four slices may spend 0.4, 0.1 is spent."""
    budget = assessed(objective(method, "0.9", minutes=4), [10, 0, 0, 9], [10, 0, 0, 10]).budget
    assert (budget.sli, budget.consumed_ratio) == (Fraction(sli), Fraction(consumed))


def test_a_slice_budget_is_of_the_whole_window_before_it_has_passed():
    """Half a week of five-minute slices, ten of them bad: 10 of 20.16, not 10 of 10.08."""
    goal = objective(Method.TIMESLICES, "0.99", minutes=7 * 1440, slice_s=300, slice_target="0.5")
    budget = assessed(goal, [0] * 10 + [1] * 998, [1] * 1008, last_minutes(1008, 300)).budget
    assert budget.allowed == Fraction("20.16")
    assert float(budget.consumed_ratio) == pytest.approx(0.496031746031746, abs=1e-12)


def test_the_published_attack_may_last_1008_minutes_or_822_857():
    """Two weeks at 95 %: as Timeslices a minute of the attack is bad; as a ratio it is 0.99, any other 0.01."""
    minutes = 14 * 1440
    assert assessed(objective(Method.TIMESLICES, minutes=minutes), [1], [1]).budget.allowed == 1008
    total = [100] * minutes
    left = [
        assessed(objective(Method.RATIO_TIMESLICES, minutes=minutes), [1] * n + [99] * (minutes - n), total).budget
        for n in (822, 823)
    ]
    assert float(822 + left[0].remaining / Fraction("0.98")) == pytest.approx(822.8571428571437, abs=1e-9)
    assert left[0].remaining > 0 > left[1].remaining


def test_ratios_are_of_sums_never_a_mean_of_ratios():
    """90/100 and 1/10 are 91/110, not one half; also inside a slice of two minutes."""
    assert assessed(objective(Method.OCCURRENCES), [90, 1], [100, 10]).budget.sli == Fraction(91, 110)
    goal = objective(Method.RATIO_TIMESLICES, slice_s=120)
    assert float(assessed(goal, [90, 1], [100, 10]).budget.sli) == pytest.approx(91 / 110, abs=1e-12)


# ---- slices in time ----


def test_an_incomplete_last_slice_is_not_judged():
    """At 12:07 the slice of 12:05 has not ended: its events do not count yet, its rows are covered."""
    goal = objective(Method.TIMESLICES, minutes=30, slice_s=300)
    rows = counts([NOW, NOW + 5 * MINUTE, NOW + 6 * MINUTE], [1, 1, 1], good=[1, 0, 0])
    early, late = (assess_rows(goal, Kind.COUNTS, rows, NOW + minutes * MINUTE) for minutes in (7, 10))
    assert (early.budget.bad, early.budget.total) == (0, 1)
    assert early.coverage == Fraction(3, 30)
    assert (late.budget.bad, late.budget.total) == (1, 2)


def test_a_slice_belongs_to_the_window_in_which_it_starts():
    """At 12:02 the last ten minutes hold the slice of 11:55, not that of 11:50."""
    goal = objective(Method.TIMESLICES, minutes=10, slice_s=300)
    rows = counts([NOW - 8 * MINUTE, NOW - 5 * MINUTE], [1, 1], good=[0, 1])
    budget = assess_rows(goal, Kind.COUNTS, rows, NOW + 2 * MINUTE).budget
    assert (budget.bad, budget.total) == (0, 1)


@pytest.mark.parametrize(
    ("slice_s", "after_midnight", "slices"), [(DAY, 12.5, 7), (12 * HOUR, 0, 13), (3 * HOUR, 15, 55)]
)
def test_slices_of_a_day_or_longer_begin_with_the_window(slice_s, after_midnight, slices):
    """At 12:30 whole days are counted back from now; shorter slices lie on the epoch's grid, and some are cut off."""
    at = NOW + HOUR // 2
    times = range(NOW - 8 * DAY, NOW, HOUR // 2)
    points = points_of(Kind.COUNTS, counts(times, [1] * len(times), good=[1] * len(times)))
    judged = judged_at(objective(Method.TIMESLICES, minutes=7 * 1440, slice_s=slice_s), points, at)
    inside = judged.start[judged.start >= at - 7 * DAY]
    assert (inside[0] % DAY, len(inside)) == (after_midnight * HOUR % DAY, slices)


def test_the_state_of_each_slice_can_be_asked():
    """Good, unknown, bad; a filled slice says so."""
    points = points_of(Kind.COUNTS, counts([NOW, NOW + 120], [1, 1], good=[1, 0]))
    goal = objective(Method.TIMESLICES, no_data=NoData.CARRY, carry_limit_s=60)
    judged = judge(goal, points, Span(NOW, NOW + 240), born=NOW)
    assert judged.state.tolist() == [State.GOOD, State.GOOD, State.BAD, State.BAD]
    assert judged.filled.tolist() == [False, True, False, True]
    plain = judge(objective(Method.TIMESLICES), points, Span(NOW, NOW + 240), born=NOW)
    assert plain.state.tolist() == [State.GOOD, State.UNKNOWN, State.BAD, State.UNKNOWN]


# ---- thresholds ----


@pytest.mark.parametrize(
    ("op", "good"),
    [
        (Op.LT, [True, False, False]),
        (Op.LTE, [True, True, False]),
        (Op.GT, [False, False, True]),
        (Op.GTE, [False, True, True]),
    ],
)
@pytest.mark.parametrize("limit", [250.0, 0.1, -3.5, 0.0])
def test_a_value_exactly_at_its_threshold_follows_the_operator(op, good, limit):
    """Just below, exactly at and just above the limit."""
    below, above = np.nextafter(limit, -np.inf), np.nextafter(limit, np.inf)
    goal = objective(Method.OCCURRENCES, threshold=Threshold(op, limit))
    for value, expected in zip((below, limit, above), good, strict=True):
        budget = assess_rows(goal, Kind.VALUE, values([NOW - MINUTE], [value]), NOW).budget
        assert (budget.good, budget.total) == (int(expected), 1)


@pytest.mark.parametrize("op", Op)
def test_a_value_that_is_no_number_is_neither_good_nor_bad(op):
    """NaN and infinity are quarantined: unknown, not good."""
    goal = objective(Method.OCCURRENCES, threshold=Threshold(op, 1.0))
    rows = values(last_minutes(3), [float("nan"), float("inf"), float("-inf")])
    seen = assess_rows(goal, Kind.VALUE, rows, NOW)
    assert (seen.budget.total, seen.coverage, seen.health) == (0, 0, Health.NO_DATA)


def test_values_are_one_event_each_and_are_summed_inside_a_slice():
    """Two of three minutes in time: a third of a slice is bad."""
    goal = objective(Method.RATIO_TIMESLICES, slice_s=180, threshold=Threshold(Op.LTE, 250.0))
    budget = assess_rows(goal, Kind.VALUE, values(last_minutes(3), [100, 300, 250]), NOW).budget
    assert (budget.bad, budget.total) == (Fraction(1, 3), 1)


@pytest.mark.parametrize(("kind", "sli"), [(Kind.SUCCESS_RATIO, "0.7"), (Kind.FAILURE_RATIO, "0.3")])
def test_a_raw_ratio_counts_as_one_event(kind, sli):
    """0.9 and 0.5 of success are 0.7 of success, or 0.3 where they measured failure."""
    budget = assess_rows(objective(Method.OCCURRENCES), kind, values(last_minutes(2), [0.9, 0.5]), NOW).budget
    assert (budget.sli, budget.total) == (Fraction(sli), 2)


def test_raw_values_need_a_threshold_and_judged_slices_a_target():
    """A plan that forgot one is refused, not guessed."""
    points = points_of(Kind.COUNTS, counts([NOW], [1], good=[1]))
    with pytest.raises(ValueError, match="raw values"):
        judge(objective(Method.OCCURRENCES, threshold=Threshold(Op.LT, 1)), points, Span(NOW, NOW + 60), born=NOW)
    bare = Objective("main", Method.TIMESLICES, Fraction(1, 2), Rolling(60), slice_s=60)
    with pytest.raises(ValueError, match="slice target"):
        judge(bare, points, Span(NOW, NOW + 60), born=NOW)


# ---- exactness ----


@pytest.mark.parametrize(
    ("good", "total", "target", "is_good"),
    [
        (19, 20, "0.95", True),
        (20, 21, "0.95", True),
        (18, 19, "0.95", False),
        (2, 3, "2/3", True),
        (2, 3, "0.6666666666666667", False),
        (2, 3, "0.6666666666666666", True),
        (0.7, 1, "0.7", True),
        (2.1, 3, "0.7", True),
        (0.3, 0.3, "1", True),
        (0.1, 0.3, "1/3", True),
        (999_999_999_999_999, 10**15, "1", False),
        (949_999_999_999_999, 10**15, "0.95", False),
        (950_000_000_000_000, 10**15, "0.95", True),
        (8_556_839_292_003_930, 9_007_199_254_740_979, "0.95", False),  # as floats the two are equal
        (2**53 - 1, 2**53, "1", False),
        (2**53 - 1, 2**53, Fraction(2**53 - 1, 2**53), True),
        (2**53 - 1, 2**53, Fraction(2**54 - 1, 2**54), False),
        (0, 1, "0", True),
    ],
)
@pytest.mark.parametrize("method", [Method.TIMESLICES, Method.TRAFFIC_WEIGHTED_TIMESLICES])
def test_a_slice_exactly_on_its_target_is_good_and_one_short_of_it_is_bad(method, good, total, target, is_good):
    """Compared as whole numbers: neither 0.7 nor 2/3 nor fifteen digits are a matter of rounding."""
    goal = objective(method, "0.5", slice_target=target)
    budget = assessed(goal, [good], [total]).budget
    assert (budget.bad == 0) is is_good
    assert budget.total > 0


def test_tenths_add_up():
    """Three tenths thrice are nine tenths, exactly: the slice of 0.9 of 1 meets 0.9."""
    goal = objective(Method.TIMESLICES, "0.5", slice_s=180, slice_target="0.9")
    assert assessed(goal, [0.3, 0.3, 0.3], [0.4, 0.3, 0.3]).budget.bad == 0
    assert assessed(objective(Method.OCCURRENCES), [0.3] * 3, [0.4, 0.3, 0.3]).budget.sli == Fraction(9, 10)


@pytest.mark.parametrize("total", [3, 7, 9, 11, 13, 17, 19, 21, 23, 24])
def test_shares_of_a_few_events_use_up_a_budget_to_the_last(total):
    """`total` slices with one bad of `total` events spend exactly one slice: exhausted, nothing remains."""
    goal = objective(Method.RATIO_TIMESLICES, 1 - Fraction(1, total), minutes=total)
    seen = assessed(goal, [total - 1] * total, [total] * total)
    assert (seen.budget.allowed, seen.budget.remaining) == (1, 0)
    assert seen.health is Health.EXHAUSTED


def test_three_years_of_bad_minutes_fit():
    """RatioTimeslices over three years of nothing but failure: no sum turns over."""
    minutes = 3 * 366 * 1440
    goal = objective(Method.RATIO_TIMESLICES, minutes=minutes)
    times = np.arange(NOW - minutes * MINUTE, NOW, MINUTE)
    points = Points(times, np.zeros_like(times), np.ones_like(times))
    track = Track.of(judged_at(goal, points, NOW), points.time)
    tally = track.tally(Span(NOW - minutes * MINUTE, NOW))
    assert tally.bad > 0
    assert tally.total == tally.covered == minutes


# ---- data that cannot be true ----


@pytest.mark.parametrize("method", Method)
def test_more_good_than_total_never_repays_budget(method):
    """101 good of 100 is set aside: the bad minute beside it stays what it was."""
    goal = objective(method, minutes=2)
    with_it, alone = assessed(goal, [101, 5], [100, 10]), assessed(goal, [5], [10])
    assert with_it == alone
    assert with_it.coverage == Fraction(1, 2)


def test_an_earlier_good_line_stands_where_the_later_one_is_quarantined():
    """And of two good lines for one time the later one counts."""
    time = NOW - MINUTE
    assert assessed(objective(Method.OCCURRENCES), [4, 11], [10, 10], [time, time]).budget.good == 4
    assert assessed(objective(Method.OCCURRENCES), [4, 5], [10, 10], [time, time]).budget.good == 5
