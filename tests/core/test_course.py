"""The course of one objective says at every moment what an assessment at that moment says."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.evaluation import DAY, HOUR, MINUTE, assess_points

from leeway.core.course import course
from leeway.core.judge import judge
from leeway.core.objective import Method, NoData, Objective
from leeway.core.points import Points
from leeway.core.track import Track
from leeway.core.window import Calendar, Period, Rolling, Span

BEGIN = 20_000 * DAY
SCALE = 1000
NAN = float("nan")
windows = st.sampled_from(
    [
        Rolling(HOUR),
        Rolling(2 * DAY + MINUTE),
        Calendar(Period.DAY, 1, datetime.fromisoformat("2024-01-01"), "Asia/Kathmandu"),
        Calendar(Period.DAY, 2, datetime.fromisoformat("2024-01-01T06:00:30"), "Australia/Lord_Howe"),
    ]
)
goals = st.builds(
    lambda method, window, slice_s, policy: Objective(
        "main",
        method,
        Fraction("0.9"),
        window,
        None if method is Method.OCCURRENCES else slice_s,
        Fraction(1, 2),
        None,
        policy,
        600,
    ),
    st.sampled_from(Method),
    windows,
    st.sampled_from([MINUTE, 7 * MINUTE, HOUR]),
    st.sampled_from(NoData),
)
minutes = st.dictionaries(
    st.integers(0, 3 * 1440 - 1), st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted), max_size=60
)
moments = st.lists(st.integers(0, 4 * 1440), min_size=1, max_size=12, unique=True).map(sorted)


@given(goals, minutes, moments)
def test_a_course_is_the_assessment_at_each_moment(goal, history, moments):
    """Every method, policy and window, before the first row, inside slices and long after the last row."""
    time = np.array(sorted(history), np.int64)
    bad, total = (np.array([history[minute][i] for minute in sorted(history)], np.int64) * SCALE for i in (0, 1))
    points = Points(BEGIN + time * MINUTE, total - bad, total, None, SCALE)
    at = BEGIN + np.array(moments, np.int64) * MINUTE
    born = int(points.time[0]) if len(points) else None
    judged = judge(goal, points, Span(BEGIN - 5 * DAY, BEGIN + 5 * DAY), born=born)
    said = course(goal, Track.of(judged, points.time), at, step_s=MINUTE, scale=SCALE)
    for place, moment in enumerate(at):
        seen = assess_points(goal, points, int(moment))
        burns = [NAN if rate is None else float(rate) for rate in seen.burn_rates.values()]
        assert said.burn[:, place] == pytest.approx(burns, rel=1e-9, nan_ok=True)
        assert said.bad[place] == pytest.approx(float(seen.budget.bad), rel=1e-9)
        assert said.total[place] == pytest.approx(float(seen.budget.total), rel=1e-9)
        assert said.allowed[place] == pytest.approx(float(seen.budget.allowed), rel=1e-9)
        left = seen.budget.remaining_ratio
        assert said.remaining_ratio[place] == pytest.approx(NAN if left is None else float(left), nan_ok=True)
        covered = seen.coverage
        assert said.coverage[place] == pytest.approx(NAN if covered is None else float(covered), nan_ok=True)


def test_slices_of_a_day_have_no_course():
    """They are aligned to each window, so a single track cannot hold them: said, not guessed."""
    goal = Objective("main", Method.TIMESLICES, Fraction("0.9"), Rolling(7 * DAY), DAY, Fraction(1, 2))
    track = Track.of(judge(goal, Points.empty(), Span(0, DAY), born=None), np.empty(0, np.int64))
    with pytest.raises(ValueError, match="a day or longer"):
        course(goal, track, np.array([BEGIN]), step_s=MINUTE, scale=1)
