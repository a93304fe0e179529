"""The pulse of a fleet says in arrays what the assessment of each objective says alone."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.evaluation import DAY, HOUR, MINUTE, assess_points, judged_at

from leeway.core.burn import SPANS
from leeway.core.ledger import Layout, Ledger
from leeway.core.ledger.grid import WIDE
from leeway.core.objective import Method, NoData, Objective
from leeway.core.points import Points
from leeway.core.pulse import Roster, pulse
from leeway.core.tally import Tally
from leeway.core.track import Track
from leeway.core.window import Calendar, Period, Rolling, Span

BEGIN = 20_000 * DAY
SCALE = 1000
windows = st.sampled_from(
    [
        Rolling(HOUR),
        Rolling(DAY),
        Rolling(3 * DAY),
        Calendar(Period.DAY, 1, datetime.fromisoformat("2024-01-01"), "Asia/Kathmandu"),
        Calendar(Period.DAY, 2, datetime.fromisoformat("2024-01-01T06:00:30"), "Australia/Lord_Howe"),
    ]
)
goals = st.builds(
    lambda method, target, window, slice_s, policy: Objective(
        "main", method, target, window, slice_s, Fraction(1, 2), None, policy, 600
    ),
    st.sampled_from(Method),
    st.sampled_from([Fraction("0.5"), Fraction("0.99"), Fraction("0.999")]),
    windows,
    st.sampled_from([MINUTE, 10 * MINUTE, HOUR]),
    st.sampled_from(NoData),
)
minutes = st.dictionaries(
    st.integers(0, 4 * 1440 - 1), st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted), max_size=60
)


def points_of(history):
    """Minutes with [bad, total] as points, a thousand quanta per event."""
    at = np.array(sorted(history), np.int64)
    bad, total = (np.array([history[minute][i] for minute in sorted(history)], np.int64) * SCALE for i in (0, 1))
    return Points(BEGIN + at * MINUTE, total - bad, total, None, SCALE)


def fill(ledger, column, goal, points, as_of):
    """Writes what each minute adds."""
    goal = Objective(goal.name, goal.method, goal.target, Rolling(5 * DAY), *slots_after_window(goal))
    track = Track.of(judged_at(goal, points, as_of), points.time)
    for minute in range(BEGIN, as_of, MINUTE):
        tally = track.tally(Span(minute, minute + MINUTE))
        if tally != Tally(0, 0, 0):
            ledger.put(minute, np.array([column]), *(np.array([n]) for n in (tally.bad, tally.total, tally.covered)))


def slots_after_window(goal):
    slice_s = None if goal.method is Method.OCCURRENCES else goal.slice_s
    return slice_s, goal.slice_target, None, goal.no_data, goal.carry_limit_s


@given(
    st.lists(st.tuples(goals, minutes), min_size=1, max_size=3),
    st.integers(3 * 1440, 4 * 1440 - 1),  # the fourth midnight forgets the minutes of the first day
)
@settings(max_examples=25)
def test_the_pulse_of_all_is_the_assessment_of_each(fleet, now):
    """Every method, policy and window, side by side in one ledger; NaN where an assessment has None."""
    as_of = BEGIN + now * MINUTE
    ledger = Ledger(Layout(WIDE, WIDE, 35), BEGIN, 4)
    ledger.advance(as_of)
    fleet = [
        (Objective(goal.name, goal.method, goal.target, goal.window, *slots_after_window(goal)), points_of(history))
        for goal, history in fleet
    ]
    fleet = [
        (goal, Points(p.time[p.time < as_of], p.good[p.time < as_of], p.total[p.time < as_of], None, SCALE))
        for goal, p in fleet
    ]
    for column, (goal, points) in enumerate(fleet):
        fill(ledger, column, goal, points, as_of)
    roster = Roster.of([(column, goal, SCALE) for column, (goal, _) in enumerate(fleet)])
    beat = pulse(ledger, roster, as_of)
    for column, (goal, points) in enumerate(fleet):
        seen = assess_points(goal, points, as_of)
        nan = float("nan")
        burns = [nan if rate is None else float(rate) for rate in seen.burn_rates.values()]
        assert beat.burn[:, column] == pytest.approx(burns, rel=1e-9, nan_ok=True)
        assert beat.bad[column] == pytest.approx(float(seen.budget.bad), rel=1e-9)
        assert beat.total[column] == pytest.approx(float(seen.budget.total), rel=1e-9)
        assert beat.allowed[column] == pytest.approx(float(seen.budget.allowed), rel=1e-9)
        left = seen.budget.remaining_ratio
        assert beat.remaining_ratio[column] == pytest.approx(nan if left is None else float(left), nan_ok=True)
        covered = seen.coverage
        assert beat.coverage[column] == pytest.approx(nan if covered is None else float(covered), nan_ok=True)
    assert len(SPANS) == len(beat.burn)
