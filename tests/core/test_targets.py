"""What a target would have meant is what an SLO with this target would have said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.evaluation import DAY, HOUR, MINUTE, assess_points

from leeway.core.objective import Method, Objective
from leeway.core.points import Points
from leeway.core.targets import meant, prepare, remaining, telling
from leeway.core.window import Calendar, Period, Rolling

BEGIN = 20_000 * DAY
SCALE = 1000
windows = st.sampled_from(
    [
        Rolling(HOUR),
        Rolling(6 * HOUR),
        Calendar(Period.HOUR, 3, datetime.fromisoformat("2024-01-01"), "UTC"),
        Calendar(Period.DAY, 1, datetime.fromisoformat("2024-01-01"), "Asia/Kathmandu"),
    ]
)
objectives = st.builds(
    lambda method, window, slice_s: Objective(
        "main",
        method,
        Fraction("0.9"),
        window,
        None if method is Method.OCCURRENCES else slice_s,
        Fraction(1, 2),
    ),
    st.sampled_from(Method),
    windows,
    st.sampled_from([MINUTE, 10 * MINUTE]),
)
minutes = st.dictionaries(
    st.integers(0, 2 * 1440 - 1), st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted), min_size=1, max_size=60
)
targets = st.sampled_from([Fraction("0.5"), Fraction("0.75"), Fraction("0.9"), Fraction("0.999")])


def points_of(history):
    time = np.array(sorted(history), np.int64)
    bad, total = (np.array([history[minute][i] for minute in sorted(history)], np.int64) * SCALE for i in (0, 1))
    return Points(BEGIN + time * MINUTE, total - bad, total, None, SCALE)


@given(objectives, minutes, targets, st.lists(st.integers(1, 2 * 1440), min_size=1, max_size=6))
@settings(deadline=None)
def test_what_is_left_at_any_moment_is_what_an_assessment_with_this_target_says(goal, history, target, moments):
    """Of every method and window; and the present window at the end."""
    points, end = points_of(history), BEGIN + 2 * DAY
    past = prepare(goal, points, BEGIN, end, step_s=MINUTE)
    tried = replace(goal, target=target)
    left = dict(zip(past.at.tolist(), remaining(past, target).tolist(), strict=True))
    for moment in {BEGIN + each * MINUTE for each in moments} & left.keys():
        seen = assess_points(tried, points, moment).budget
        expected = float("nan") if not seen.total else float(seen.remaining_ratio)
        assert left[moment] == pytest.approx(expected, nan_ok=True)
    seen, said = assess_points(tried, points, end).budget, meant(past, target)
    assert said.allowed == pytest.approx(float(seen.allowed))
    if seen.allowed:
        assert said.spent_ratio == pytest.approx(float(seen.consumed_ratio))


def full_windows(goal, points, end):
    """When each ends, by looking at every minute; with what happened in it."""
    time, born = points.time, int(points.time[0])
    for moment in range(born + MINUTE, end + 1, MINUTE):
        period = isinstance(goal.window, Calendar)
        span = goal.window.at(moment - 1 if period else moment)
        if span.start >= born and span.end == moment and (not period or goal.window.at(end).start >= moment):
            yield moment, points[(time >= span.start) & (time < span.end)]


@given(windows, minutes, targets)
@settings(deadline=None, max_examples=25)
def test_windows_that_missed_are_those_in_which_too_much_was_bad(window, history, target):
    """Rolling ones at every minute from the first that is full, calendar periods at their end; the worst among them."""
    points, end = points_of(history), BEGIN + 2 * DAY
    goal = Objective("main", Method.OCCURRENCES, Fraction("0.9"), window)
    past = prepare(goal, points, BEGIN, end, step_s=MINUTE)
    said = meant(past, target)
    shares = {
        moment: Fraction(int((rows.total - rows.good).sum()), int(rows.total.sum()))
        for moment, rows in full_windows(goal, points, end)
        if rows.total.sum()
    }
    assert past.full is bool(shares)
    if shares:
        assert (said.windows, said.missed) == (len(shares), sum(share > 1 - target for share in shares.values()))
        worst = max(shares.values())
        assert said.worst_remaining == pytest.approx(float(1 - worst / (1 - target)))
        assert shares[said.worst_at] == worst
    assert said.met is (None if said.windows == 0 else said.missed == 0)


def test_a_target_that_is_used_up_to_the_last_event_is_met():
    """Exactly on it: one in ten."""
    history = dict.fromkeys(range(180), (1, 10))
    goal = Objective("main", Method.OCCURRENCES, Fraction("0.9"), Rolling(HOUR))
    past = prepare(goal, points_of(history), BEGIN, BEGIN + 3 * HOUR, step_s=MINUTE)
    assert (meant(past, Fraction("0.9")).met, meant(past, Fraction("0.91")).met) == (True, False)
    assert meant(past, Fraction("0.9")).windows == 121


def test_without_a_past_nothing_is_met_or_missed():
    """And with less than a window the present one counts, which is said."""
    goal = Objective("main", Method.OCCURRENCES, Fraction("0.9"), Rolling(DAY))
    nothing = meant(prepare(goal, Points.empty(), BEGIN, BEGIN + DAY, step_s=MINUTE), Fraction("0.9"))
    assert (nothing.met, nothing.windows, nothing.spent_ratio, nothing.worst_remaining) == (None, 0, None, None)
    young = prepare(goal, points_of({10: (1, 2)}), BEGIN, BEGIN + HOUR, step_s=MINUTE)
    assert (young.full, meant(young, Fraction("0.9")).windows) == (False, 1)


def test_targets_worth_a_look_are_around_the_strictest_that_was_met():
    """And the SLO's own, wherever it lies."""
    history = dict.fromkeys(range(180), (1, 500))
    goal = Objective("main", Method.OCCURRENCES, Fraction("0.9"), Rolling(HOUR))
    past = prepare(goal, points_of(history), BEGIN, BEGIN + 3 * HOUR, step_s=MINUTE)
    assert [float(one) for one in telling(past, Fraction("0.9"))] == [0.9, 0.997, 0.998, 0.999, 0.9995]
