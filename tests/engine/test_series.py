"""Series of budgets over time: the same numbers as assessments, and a language that refuses what it cannot answer."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.evaluation import DAY, HOUR, MINUTE

from leeway.core.assess import assess
from leeway.core.course import course
from leeway.core.judge import judge
from leeway.core.objective import Method, NoData, Objective
from leeway.core.points import Points
from leeway.core.track import Track
from leeway.core.window import Rolling, Span
from leeway.engine.series import FAMILIES, Misasked, parse
from leeway.engine.series.names import Along

BEGIN = 20_000 * DAY
goals = st.builds(
    lambda method, target, window, policy: Objective(
        "main",
        method,
        target,
        window,
        None if method is Method.OCCURRENCES else MINUTE,
        Fraction(1, 2),
        None,
        policy,
        600,
    ),
    st.sampled_from(Method),
    st.sampled_from([Fraction("0.9"), Fraction("0.93"), Fraction("0.999")]),
    st.sampled_from([Rolling(HOUR), Rolling(DAY)]),
    st.sampled_from(NoData),
)
minutes = st.dictionaries(
    st.integers(0, 300), st.tuples(st.integers(0, 3), st.integers(0, 30)).map(sorted), max_size=40
)


@given(goals, minutes, st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True).map(sorted))
def test_every_name_says_along_a_course_what_it_says_of_the_assessment_at_each_moment(goal, history, moments):
    """Known and unknown alike, states to the last event; the others as near as floats are."""
    time = np.array(sorted(history), np.int64)
    bad, total = (np.array([history[minute][i] for minute in sorted(history)], np.int64) for i in (0, 1))
    points = Points(BEGIN + time * MINUTE, total - bad, total, None, 1)
    born = int(points.time[0]) if len(points) else None
    track = Track.of(judge(goal, points, Span(BEGIN - 5 * DAY, BEGIN + DAY), born=born), points.time)
    at = BEGIN + np.array(moments, np.int64) * MINUTE
    along = Along(goal, course(goal, track, at, step_s=MINUTE, scale=1), np.zeros(len(at)))
    for place, moment in enumerate(at.tolist()):
        # slices that are not over yet are in the track, but were not judged at this moment
        past = Track.of(
            judge(goal, points[points.time < moment], Span(BEGIN - 5 * DAY, moment), born=born), points.time
        )
        seen = assess(goal, moment, past.tally, step_s=MINUTE, scale=1)
        for family in FAMILIES:
            told = dict(family.of(seen))
            for value, found in zip(family.values, family.along(along), strict=True):
                expected = told.get(value, float("nan"))
                assert found[place] == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), (family.name, value)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("rate(leeway_sli_ratio[5m])", "1:1", "rate()"),
        ("1 +\n  increase(leeway_sli_ratio[5m])", "2:3", "increase()"),
        ("leeway_sli_ratio[5m]", "1:17", "a range"),
        ("leeway_sli_ratio[1h:5m]", "1:17", "a subquery"),
        ("leeway_sli_ratio @ 12", "1:18", "@"),
        ("a and b", "1:3", "operator and"),
        ('a{slo="or"} or b', "1:13", "operator or"),
        ("a unless b", "1:3", "operator unless"),
        ("a * 2 + b * 3", "1:7", "two vectors"),
        ('a{slo="a+b"} + b', "1:14", "two vectors"),
        ("stddev(a)", "1:1", "stddev"),
        ("count_values('x', a)", "1:1", "count_values"),
        ('"text"', "1:1", "a text"),
        ("a offset 5m b", "1:13", "parse error"),
        ("sum(a) by", "1:8", "parse error"),
        ("(a", "1:1", "unclosed"),
        ("", "1:1", "no expression"),
        ("# only a comment", "1:1", "no expression"),
        ("1 > 2", "1:3", "BOOL"),
        ('a{slo=~"(a+)+"}', "1:6", "repeats"),
        ('a{slo=~"((a+))+"}', "1:6", "repeats"),
        ('a{slo=~"(a|aa)*"}', "1:6", "repeats"),
        ('a{slo=~"a?a?a?a?a?aaaaa"}', "1:6", "repeats"),
        ('a{slo=~".*.*.*.*.*x"}', "1:6", "repeats"),
        ('{slo=~".*"}', "1:1", "non-empty matcher"),
        ("(" * 5_000 + "1" + ")" * 5_000, "1:1", "operators"),
        ("-" * 20_000 + "1", "1:1", "characters"),
    ],
)
def test_what_is_not_answered_is_refused_with_its_place(text, place, said):
    """Line and column, and what it is; never a wrong number instead."""
    with pytest.raises(Misasked) as caught:
        parse(text)
    assert caught.value.message.startswith(f"{place}: parse error: ")
    assert said in caught.value.message


WORDS = (
    "leeway_sli_ratio sum by ( ) { } slo 'x' \"y =~ = + - 1 [5m] offset 5m topk , and time() @ # ` \\ é bool > rate("
)
pieces = st.sampled_from(WORDS.split())


@given(st.lists(pieces, max_size=12).map(" ".join) | st.text(max_size=30))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_with_a_place(text):
    """No text ends otherwise, whatever it holds."""
    try:
        parse(text)
    except Misasked as error:
        line, column, _ = error.message.split(":", 2)
        assert int(line) >= 1
        assert int(column) >= 1
