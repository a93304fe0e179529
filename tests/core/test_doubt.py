"""Histograms in budgets: whatever the method, the truth of the raw measurements lies within what is told."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.assess import assess
from leeway.core.histogram import Classic, Histogram, pack
from leeway.core.judge import NEVER, State, judge, judge_many
from leeway.core.objective import Method, NoData, Objective, Op, Threshold
from leeway.core.points import Points
from leeway.core.stats import wilson
from leeway.core.track import Track
from leeway.core.window import Rolling, Span

EDGES = (0.1, 0.25, 0.5, 1.0)
MINUTE = 60
MINUTES = st.lists(st.one_of(st.none(), st.lists(st.floats(0.01, 2), max_size=6)), min_size=1, max_size=20)
THRESHOLDS = st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.7, 1.5])


def goal(method, threshold=0.3, op=Op.LTE, slice_s=120, target="3/4", no_data=NoData.EXCLUDE):
    sliced = method is not Method.OCCURRENCES
    judging = method in (Method.TIMESLICES, Method.TRAFFIC_WEIGHTED_TIMESLICES)
    return Objective(
        "main",
        method,
        Fraction(9, 10),
        Rolling(3600),
        slice_s=slice_s if sliced else None,
        slice_target=Fraction(target) if judging else None,
        threshold=Threshold(op, threshold),
        no_data=no_data,
    )


def bucketed(minutes):
    """The minutes as histograms; None is a minute of which nothing is known."""
    time = np.array([place * MINUTE for place, samples in enumerate(minutes) if samples is not None], np.int64)
    sketch = np.empty(len(time), object)
    seen = [samples for samples in minutes if samples is not None]
    for place, samples in enumerate(seen):
        counts = np.bincount(np.searchsorted(EDGES, np.array(samples)), minlength=len(EDGES) + 1)
        sketch[place] = pack(Histogram(Classic(EDGES), tuple(counts.tolist())))
    total = np.array([len(samples) for samples in seen], np.int64)
    return Points(time, np.zeros_like(time), total, np.full(len(time), np.nan), 1, sketch)


def exact(minutes, aim):
    """The same minutes with their events counted one by one; buckets are closed above, so lt is lte, and gte gt."""
    within = aim.threshold.op in (Op.LTE, Op.LT)
    time = np.array([place * MINUTE for place, samples in enumerate(minutes) if samples is not None], np.int64)
    seen = [np.array(samples) for samples in minutes if samples is not None]
    good = [int(((each <= aim.threshold.value) == within).sum()) for each in seen]
    return Points(time, np.array(good, np.int64), np.array([len(each) for each in seen], np.int64))


def judged(aim, points, minutes):
    born = int(points.time[0]) if len(points) else None
    return judge(aim, points, Span(0, len(minutes) * MINUTE), born=born)


@given(MINUTES, st.sampled_from(Method), THRESHOLDS, st.sampled_from(Op), st.sampled_from(NoData))
def test_the_truth_lies_within_the_bounds(minutes, method, threshold, op, no_data):
    """Certainly bad ≤ truly bad ≤ all that may be bad, of any span, by every method and no-data policy."""
    aim = goal(method, threshold, op, no_data=no_data)
    points = bucketed(minutes)
    told = Track.of(judged(aim, points, minutes), points.time)
    counts = Objective(**{name: getattr(aim, name) for name in aim.__slots__} | {"threshold": None})
    truth = Track.of(judged(counts, exact(minutes, aim), minutes), points.time)
    for start in range(0, len(minutes) * MINUTE, 240):
        span = Span(start, len(minutes) * MINUTE)
        ours, true = told.tally(span), truth.tally(span)
        assert ours.bad - ours.doubt <= true.bad <= ours.bad
        assert (ours.total, ours.covered) == (true.total, true.covered)
        assert told.certain.tally(span).bad == ours.bad - ours.doubt


@given(MINUTES, st.sampled_from(Method), st.sampled_from([0.1, 0.5, 1.0]), st.sampled_from(Op))
def test_a_threshold_at_an_edge_is_exact(minutes, method, threshold, op):
    """Then nothing is in doubt, and every figure is that of the measurements themselves."""
    aim = goal(method, threshold, op)
    ours = judged(aim, bucketed(minutes), minutes)
    counts = Objective(**{name: getattr(aim, name) for name in aim.__slots__} | {"threshold": None})
    true = judged(counts, exact(minutes, aim), minutes)
    assert ours.doubt is None
    assert ours.bad.tolist() == true.bad.tolist()
    assert ours.state.tolist() == true.state.tolist()


@given(st.lists(MINUTES, min_size=1, max_size=4), st.sampled_from(Method), THRESHOLDS, st.sampled_from(NoData))
def test_many_series_are_judged_as_each_alone(series, method, threshold, no_data):
    """The array way that a running server takes has the same doubt as the plain one."""
    aim, length = goal(method, threshold, no_data=no_data), 20 * MINUTE
    parts = [bucketed(minutes) for minutes in series]
    joined = Points(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("time", "good", "total", "value")),
        1,
        np.concatenate([part.sketch for part in parts]),
    )
    column = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    births = [int(part.time[0]) if len(part) else None for part in parts]
    born = np.array([NEVER if birth is None else birth for birth in births])
    many = judge_many(aim, joined, column, Span(0, length), born=born, step_s=MINUTE)
    for place, (part, birth) in enumerate(zip(parts, births, strict=True)):
        alone = judge(aim, part, Span(0, length), born=birth)
        doubt = np.zeros(len(many.start), np.int64) if many.doubt is None else many.doubt[:, place]
        assert int(doubt.sum()) == (0 if alone.doubt is None else int(alone.doubt.sum()))
        assert int(many.bad[:, place].sum()) == int(alone.bad.sum())


def assessed(method, threshold, **kwargs):
    """A minute of a thousand requests: 600 within 0.1 s, 850 within 0.25, 950 within 0.5, 990 within 1."""
    shape, counts = Classic(EDGES), (600, 250, 100, 40, 10)
    sketch = np.array([pack(Histogram(shape, counts))], object)
    points = Points(np.array([0]), np.array([0]), np.array([1000]), np.array([np.nan]), 1, sketch)
    aim = goal(method, threshold, slice_s=60, **kwargs)
    track = Track.of(judge(aim, points, Span(0, 60), born=0), points.time)
    return assess(aim, 60, track.tally, step_s=60, scale=1)


def test_golden_bounds():
    """Between 85 and 95 % were within 0.3 s; the plain figure is the cautious one."""
    seen = assessed(Method.OCCURRENCES, 0.3)
    assert seen.budget.sli == Fraction(85, 100)
    assert seen.budget.bounds.sli == (Fraction(85, 100), Fraction(95, 100))
    assert seen.budget.bounds.consumed_ratio == (Fraction(1, 2), Fraction(3, 2))
    assert seen.interval.low == wilson(850, 1000).low
    assert seen.interval.high == wilson(950, 1000).high
    assert assessed(Method.OCCURRENCES, 0.5).budget.bounds is None


@pytest.mark.parametrize(
    ("target", "state", "doubt"), [("4/5", State.GOOD, 0), ("9/10", State.BAD, 1), ("99/100", State.BAD, 0)]
)
def test_a_slice_is_in_doubt_only_if_its_verdict_is(target, state, doubt):
    """85 to 95 % meets 80 % and misses 99 %, whatever the truth; of 90 % nobody can tell."""
    seen = assessed(Method.TIMESLICES, 0.3, target=target)
    assert (seen.budget.bad, seen.budget.doubt) == (int(state is State.BAD), doubt)
    weighted = assessed(Method.TRAFFIC_WEIGHTED_TIMESLICES, 0.3, target=target)
    assert (weighted.budget.bad, weighted.budget.doubt) == (1000 * int(state is State.BAD), 1000 * doubt)


def test_values_and_histograms_may_follow_each_other():
    """A value is one event, a histogram as many as it holds."""
    sketch = np.array([None, pack(Histogram(Classic((0.3,)), (8, 2)))], object)
    points = Points(np.array([0, 60]), np.array([0, 0]), np.array([1, 10]), np.array([0.2, np.nan]), 1, sketch)
    found = judge(goal(Method.OCCURRENCES), points, Span(0, 120), born=0)
    assert (found.bad.tolist(), found.total.tolist()) == ([0, 2], [1, 10])
