"""Trust: which rows are believed, why others are not, and how believed numbers stay exact."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.evaluation import assessed, counts, objective, values

from leeway.core.objective import Method
from leeway.core.quality import (
    FUTURE_S,
    MAX_QUANTA,
    RATIO_SCALE,
    Fault,
    Kind,
    Measured,
    fitting_scale,
    increases,
    inspect,
    quanta,
    trusted,
)
from leeway.errors import Invalid

NAN, INF = math.nan, math.inf


# ---- faults ----


@pytest.mark.parametrize(
    ("good", "total", "fault"),
    [
        (1, 1, Fault.NONE),
        (0, 0, Fault.NONE),
        (0.5, 0.5, Fault.NONE),
        (-0.0, 0, Fault.NONE),
        (NAN, 1, Fault.NOT_A_NUMBER),
        (1, NAN, Fault.NOT_A_NUMBER),
        (1, INF, Fault.NOT_A_NUMBER),
        (-INF, 1, Fault.NOT_A_NUMBER),
        (-1, 1, Fault.NEGATIVE),
        (0, -1, Fault.NEGATIVE),
        (-2, -1, Fault.NEGATIVE),
        (2, 1, Fault.MORE_THAN_TOTAL),
        (1, 0, Fault.MORE_THAN_TOTAL),
        (1, MAX_QUANTA, Fault.NONE),
        (1, MAX_QUANTA * 2, Fault.TOO_LARGE),
    ],
)
@pytest.mark.parametrize("part", ["good", "bad"])
def test_counts_that_cannot_be_true_are_named(good, total, fault, part):
    """The same of good and of bad events."""
    rows = counts([60], [total], **{part: [good]})
    assert inspect(Kind.COUNTS, rows, step_s=60).tolist() == [fault]


@pytest.mark.parametrize("kind", [Kind.SUCCESS_RATIO, Kind.FAILURE_RATIO, Kind.VALUE])
@pytest.mark.parametrize("value", [0, 1, 0.5, -0.0, -1e-9, 1 + 1e-9, 7, NAN, INF, -INF])
def test_a_ratio_lies_in_0_to_1_and_a_value_anywhere(kind, value):
    """Neither is NaN or infinite."""
    expected = Fault.NONE if 0 <= value <= 1 else Fault.NO_RATIO
    if kind is Kind.VALUE:
        expected = Fault.NONE
    if not math.isfinite(value):
        expected = Fault.NOT_A_NUMBER
    assert inspect(kind, values([60], [value]), step_s=60).tolist() == [expected]


@pytest.mark.parametrize(("time", "step_s"), [(61, 60), (59, 60), (-1, 60), (60, 300), (3660, 3600)])
def test_a_row_off_the_grid_of_steps_is_set_aside(time, step_s):
    """Its step is not known: neighbours are not guessed."""
    assert inspect(Kind.COUNTS, counts([time], [1], good=[1]), step_s=step_s).tolist() == [Fault.OFF_GRID]


def test_the_future_begins_five_minutes_from_now():
    """Clocks differ a little; further ahead nothing is believed. Without a now nothing is the future."""
    rows = counts([600, 660], [1, 1], good=[1, 1])
    now = 660 - FUTURE_S - 1
    assert inspect(Kind.COUNTS, rows, step_s=60, now=now).tolist() == [Fault.NONE, Fault.FUTURE]
    assert inspect(Kind.COUNTS, rows, step_s=60, now=now + 1).tolist() == [Fault.NONE, Fault.NONE]
    assert inspect(Kind.COUNTS, rows, step_s=60).tolist() == [Fault.NONE, Fault.NONE]


def test_every_fault_has_a_word_for_machines_and_a_sentence_for_people():
    """Words are stable and differ; of several faults the first is named."""
    assert len({fault.reason for fault in Fault}) == len({fault.sentence for fault in Fault}) == len(Fault)
    assert Fault.MORE_THAN_TOTAL.reason == "more-than-total"
    assert inspect(Kind.COUNTS, counts([61], [1], good=[NAN]), step_s=60).tolist() == [Fault.OFF_GRID]


def test_counts_without_a_total_are_a_mistake_of_the_caller():
    """Not a row to quarantine."""
    with pytest.raises(ValueError, match="column"):
        inspect(Kind.COUNTS, Measured(np.array([60]), good=np.array([1.0])), step_s=60)


# ---- what is believed ----

arrivals = st.lists(st.tuples(st.integers(0, 8), st.integers(-1, 12), st.integers(-1, 12)), max_size=40)


@given(arrivals, st.sampled_from(["good", "bad"]))
def test_of_each_time_the_last_row_that_can_be_true_stands(rows, part):
    """In the order of time, once each; what was quarantined has displaced nothing."""
    times, parts, totals = ([row[i] for row in rows] for i in range(3))
    measured = counts([60 * time for time in times], totals, **{part: parts})
    faults = inspect(Kind.COUNTS, measured, step_s=60)
    points = trusted(Kind.COUNTS, measured, faults, scale=1)
    stands = {60 * time: (n, of) for time, n, of in rows if 0 <= n <= of}
    assert points.time.tolist() == sorted(stands)
    assert points.total.tolist() == [stands[time][1] for time in sorted(stands)]
    good = points.good if part == "good" else points.total - points.good
    assert good.tolist() == [stands[time][0] for time in sorted(stands)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_success_and_failure_of_one_ratio_make_one_event(ratios):
    """Read either way, good and bad sum to exactly one."""
    rows = values([60 * i for i in range(len(ratios))], ratios)
    faults = np.zeros(len(ratios), np.int8)
    success, failure = (
        trusted(kind, rows, faults, scale=RATIO_SCALE) for kind in (Kind.SUCCESS_RATIO, Kind.FAILURE_RATIO)
    )
    assert (success.good + failure.good).tolist() == [RATIO_SCALE] * len(ratios)
    assert success.total.tolist() == [RATIO_SCALE] * len(ratios)


# ---- exact numbers ----

decimals = st.builds(lambda n, digits: Fraction(n, 10**digits), st.integers(0, 10**9), st.integers(0, 6))


@given(st.lists(decimals, min_size=1, max_size=30))
def test_decimals_become_whole_quanta_at_the_smallest_power_of_ten_that_fits(amounts):
    """Their sum is exact, and a power of ten less would not hold them."""
    column = np.array([float(amount) for amount in amounts])
    scale = fitting_scale(column)
    assert int(quanta(column, scale).sum()) == sum(amounts) * scale
    assert scale == 1 or any((amount * scale / 10).denominator > 1 for amount in amounts)


@given(st.lists(st.floats(0, 2**53), min_size=1, max_size=60), st.integers(0, 2**53))
def test_no_scale_lets_a_sum_overflow(amounts, peak):
    """Whatever the numbers, all their quanta together stay below 2^63."""
    column = np.array([*amounts, peak], np.float64)
    scale = fitting_scale(column)
    assert sum(quanta(column, scale).tolist()) < 2**63


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=60), st.sampled_from([1e-6, 1e-3, 1.0, 1e3, 1e6]))
def test_numbers_that_are_no_decimals_keep_nine_digits_and_more(shares, traffic):
    """Rates and thirds, at any volume: the sum is right to a billionth."""
    column = np.array(shares) * traffic
    scale = fitting_scale(column)
    total = sum(map(Fraction, column.tolist()))
    assert abs(Fraction(int(quanta(column, scale).sum()), scale) - total) <= total * Fraction(1, 10**9)


def test_thirds_of_little_traffic_are_not_rounded_away():
    """A third of a thousandth of an event is a third."""
    sli = assessed(objective(Method.OCCURRENCES), [0.001 / 3], [0.001]).budget.sli
    assert float(sli) == pytest.approx(1 / 3, rel=1e-9)


def test_a_third_beside_ten_million_quarantines_neither():
    """A fine fraction somewhere does not make a large count elsewhere too large."""
    budget = assessed(objective(Method.OCCURRENCES), [1 / 3, 10**7], [1, 10**7]).budget
    assert float(budget.total) == pytest.approx(10**7 + 1, rel=1e-12)
    assert float(budget.bad) == pytest.approx(2 / 3, rel=1e-9)


def test_a_quarantined_giant_does_not_coarsen_what_is_believed():
    """1e300 good of one is set aside; the halves beside it stay halves."""
    budget = assessed(objective(Method.OCCURRENCES), [0.5, 1e300], [1, 1]).budget
    assert (budget.good, budget.total) == (Fraction(1, 2), 1)


def test_more_events_than_can_be_added_up_are_refused_aloud():
    """A wrong number would be worse than none."""
    with pytest.raises(Invalid, match="add up"):
        fitting_scale(np.full(1000, float(MAX_QUANTA)))


# ---- counters ----


def test_a_counter_that_falls_has_started_again_from_zero():
    """(50 + 20) + 5 + 20 + 0 + 3."""
    assert increases(np.array([100.0, 150, 170, 5, 25, 0, 3])).sum() == 98


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=40), st.data())
def test_increases_add_up_wherever_a_series_is_cut(samples, data):
    """The sample at the cut belongs to both parts."""
    cut = data.draw(st.integers(0, len(samples) - 1))
    column = np.array(samples, np.float64)
    assert increases(column[: cut + 1]).sum() + increases(column[cut:]).sum() == increases(column).sum()
    assert (increases(column) >= 0).all()


@given(st.lists(st.lists(st.integers(0, 1000), min_size=1, max_size=8), min_size=1, max_size=5))
def test_a_restart_that_is_seen_loses_nothing(lives):
    """Each life counts from zero and is sampled there: what all lives counted is the increase."""
    samples = [total for life in lives for total in np.cumsum([0, *life]).tolist()]
    assert increases(np.array(samples, np.float64)).sum() == sum(map(sum, lives))


@pytest.mark.parametrize("samples", [[], [5.0]])
def test_less_than_two_samples_show_no_increase(samples):
    """Where a counter stood is not what it counted."""
    assert increases(np.array(samples)).tolist() == []
