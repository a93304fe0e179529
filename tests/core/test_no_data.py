"""Slices without events, and the birth of an SLO: unknown is not good."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.core.evaluation import MINUTE, NOW, assessed, last_minutes, objective

from leeway.core.assess import Health
from leeway.core.objective import Method, NoData

SLICED = [method for method in Method if method is not Method.OCCURRENCES]


@pytest.mark.parametrize(
    ("policy", "sli"),
    [(NoData.EXCLUDE, "0.5"), (NoData.GOOD, "0.75"), (NoData.BAD, "0.25"), (NoData.CARRY, "0.75")],
)
@pytest.mark.parametrize("rows", ["no rows", "zero events"])
def test_the_no_data_policy_decides_slices_without_events(policy, sli, rows):
    """Good, empty, empty, bad. A row that says nothing happened is as empty as none, but it is covered."""
    goal = objective(Method.TIMESLICES, minutes=4, no_data=policy)
    first, *between, last = last_minutes(4)
    silent = between if rows == "zero events" else []
    seen = assessed(goal, [1, *(0 for _ in silent), 9], [1, *(0 for _ in silent), 10], [first, *silent, last])
    assert seen.budget.sli == Fraction(sli)
    assert seen.coverage == (1 if silent else Fraction(1, 2))


@pytest.mark.parametrize(
    ("policy", "sli"),
    [
        (NoData.EXCLUDE, Fraction(3, 4)),
        (NoData.GOOD, Fraction(35, 40)),
        (NoData.BAD, Fraction(15, 40)),
        (NoData.CARRY, Fraction(25, 40)),
    ],
)
def test_ratio_slices_are_filled_whole_or_with_the_last_ratio(policy, sli):
    """A half, empty, empty, whole: a carried slice repeats the half."""
    goal = objective(Method.RATIO_TIMESLICES, minutes=4, no_data=policy)
    first, *_, last = last_minutes(4)
    assert assessed(goal, [1, 2], [2, 2], [first, last]).budget.sli == sli


@pytest.mark.parametrize("policy", NoData)
def test_filled_slices_carry_no_events(policy):
    """Methods that count events are the same under every policy."""
    goal = objective(Method.TRAFFIC_WEIGHTED_TIMESLICES, minutes=4, no_data=policy)
    first, *_, last = last_minutes(4)
    budget = assessed(goal, [5, 9], [5, 10], [first, last]).budget
    assert (budget.good, budget.bad, budget.total) == (5, 10, 15)
    assert assessed(objective(Method.OCCURRENCES, no_data=policy), [5, 9], [5, 10]).budget.total == 15


@pytest.mark.parametrize("method", SLICED)
@pytest.mark.parametrize("policy", NoData)
def test_what_lies_before_the_birth_counts_in_no_policy(method, policy):
    """The series began three minutes ago in a window of ten: three slices at most, whatever the policy."""
    goal = objective(method, minutes=10, no_data=policy)
    budget = assessed(goal, [1], [1], [NOW - 3 * MINUTE]).budget
    filled = 0 if policy is NoData.EXCLUDE or method.counts_events else 2
    assert budget.total == 1 + filled


def test_a_birth_is_a_row_without_events_too_and_may_lie_before_the_window():
    """Zero events eight minutes ago, in a window of four: all four silent slices are bad. No row now: no data."""
    goal = objective(Method.TIMESLICES, minutes=4, no_data=NoData.BAD)
    seen = assessed(goal, [0], [0], [NOW - 8 * MINUTE])
    assert (seen.budget.bad, seen.budget.total) == (4, 4)
    assert (seen.health, seen.coverage, seen.time_to_exhaustion_s) == (Health.NO_DATA, 0, None)


def test_a_quarantined_row_is_no_birth():
    """More good than total eight minutes ago is no first row."""
    goal = objective(Method.TIMESLICES, minutes=10, no_data=NoData.BAD)
    budget = assessed(goal, [101, 1], [100, 1], [NOW - 8 * MINUTE, NOW - 2 * MINUTE]).budget
    assert (budget.bad, budget.total) == (1, 2)


def test_the_birth_s_own_slice_begins_before_its_row():
    """The first row lies four minutes into its slice of five: the slice counts."""
    goal = objective(Method.TIMESLICES, minutes=15, slice_s=300, no_data=NoData.BAD)
    assert assessed(goal, [1], [1], [NOW - 11 * MINUTE]).budget.total == 3


@pytest.mark.parametrize(("limit_s", "carried"), [(0, 0), (119, 1), (120, 2), (179, 2), (180, 3)])
def test_a_slice_is_carried_as_far_as_the_limit_and_no_further(limit_s, carried):
    """From start to start, at most the limit: exactly at it still counts."""
    goal = objective(Method.TIMESLICES, minutes=6, no_data=NoData.CARRY, carry_limit_s=limit_s)
    assert assessed(goal, [0], [1], [NOW - 6 * MINUTE]).budget.bad == 1 + carried


def test_a_slice_before_the_window_is_carried_into_it():
    """And a carried slice is not carried on: the distance is to the last slice that had events."""
    goal = objective(Method.TIMESLICES, minutes=4, no_data=NoData.CARRY, carry_limit_s=180)
    budget = assessed(goal, [0], [1], [NOW - 5 * MINUTE]).budget
    assert (budget.bad, budget.total) == (3, 3)
