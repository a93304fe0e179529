"""The law of laws: whatever the objective and the data, core says what the slow reference says."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from math import isclose

import numpy as np
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st
from tests.core import reference
from tests.core.evaluation import assess_rows, before, counts, judged_at, points_of, since, values

from leeway.core.judge import NEVER, judge, judge_many
from leeway.core.objective import Method, NoData, Objective, Op, Threshold
from leeway.core.points import Points
from leeway.core.quality import Kind
from leeway.core.track import Track
from leeway.core.window import Calendar, Period, Rolling, Span

pytestmark = pytest.mark.timeout(900)  # thousands of cases under --soak

DAY, WEEK = 86_400, 604_800
SLICES = [60, 300, 600, 3600, DAY, WEEK]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu"]
NOW = int(datetime.fromisoformat("2026-03-29T12:34:00+00:00").timestamp())  # hours after Berlin's clocks went forward
KINDS = {"good": Kind.COUNTS, "bad": Kind.COUNTS, "value": Kind.VALUE}
KINDS |= {"success": Kind.SUCCESS_RATIO, "failure": Kind.FAILURE_RATIO}

rolling = st.tuples(
    st.just("rolling"), st.sampled_from([600, 3600, 5400, 6 * 3600, DAY, 2 * DAY, 3 * DAY, WEEK, 10 * DAY])
)
calendar = st.tuples(
    st.just("calendar"),
    st.sampled_from(["day", "week", "month"]),
    st.integers(1, 2),
    st.integers(0, 180 * DAY).map(lambda seconds: datetime.fromisoformat("2025-12-01") + timedelta(seconds=seconds)),
    st.sampled_from(ZONES),
)
inputs = st.one_of(
    st.sampled_from([("good",), ("bad",), ("success",), ("failure",)]),
    st.tuples(st.just("value"), st.sampled_from(["lt", "lte", "gt", "gte"]), st.just(Fraction(2))),
)
slos = st.fixed_dictionaries(
    {
        "method": st.sampled_from([method.value for method in Method]),
        "target": st.sampled_from([Fraction(t) for t in ("0", "0.5", "0.8", "0.95", "0.999")]),
        "slice": st.sampled_from(SLICES),
        "slice_target": st.sampled_from([Fraction(1), Fraction("0.95"), Fraction("0.5"), Fraction(2, 3)]),
        "window": rolling | calendar,
        "no_data": st.sampled_from([policy.value for policy in NoData]),
        "carry_limit": st.sampled_from([0, 60, 300, 3600, DAY]),
        "step": st.sampled_from([60, 60, 300]),
        "input": inputs,
    }
)

small = st.integers(0, 21).map(Fraction)
tenths = st.integers(0, 30).map(lambda n: Fraction(n, 10))
wrong = st.sampled_from([None, Fraction(-1)])
count = st.one_of(small, small, tenths, st.sampled_from([Fraction(10**9), Fraction(0)]), wrong)
ratio = st.one_of(st.integers(0, 20).map(lambda n: Fraction(n, 20)), st.just(Fraction(11, 10)), wrong)
value = st.one_of(st.integers(0, 4).map(Fraction), wrong)


@st.composite
def rows_for(draw, slo):
    """Runs of rows with holes, some off the grid, some twice, some after the evaluation, in any order of arrival."""
    rows = []
    kind = slo["input"][0]
    numbers = {"good": count, "bad": count, "value": value}.get(kind, ratio)
    for _ in range(draw(st.integers(0, 8))):
        back = draw(st.one_of(st.integers(-5, 80), st.integers(0, 4 * 1440), st.integers(0, 15 * 1440)))
        stride = draw(st.sampled_from([1, 1, 5, 60, 1440]))
        for i, first in enumerate(draw(st.lists(numbers, min_size=1, max_size=12))):
            time = (NOW - 60 * (back - i * stride)) // slo["step"] * slo["step"]
            second = draw(count) if kind in ("good", "bad") else None
            if second is not None and first is not None and draw(st.integers(0, 4)):
                second = max(first, second)
            rows.append((time + draw(st.sampled_from([0] * 12 + [1])), first, second))
    return draw(st.permutations(rows))


@st.composite
def cases(draw):
    """An SLO, rows and a moment."""
    slo = draw(slos)
    return slo, draw(rows_for(slo)), NOW + draw(st.integers(-90, 90))


def objective_of(slo):
    """The same objective in the words of core."""
    window = slo["window"]
    occurrences = slo["method"] == "Occurrences"
    judges = slo["method"] in ("Timeslices", "TrafficWeightedTimeslices")
    kind, *threshold = slo["input"]
    return Objective(
        name="main",
        method=Method(slo["method"]),
        target=slo["target"],
        window=Rolling(window[1]) if window[0] == "rolling" else Calendar(Period(window[1]), *window[2:]),
        slice_s=None if occurrences else slo["slice"],
        slice_target=slo["slice_target"] if judges else None,
        threshold=Threshold(Op(threshold[0]), float(threshold[1])) if kind == "value" else None,
        no_data=NoData(slo["no_data"]),
        carry_limit_s=slo["carry_limit"],
    )


def measured(slo, rows):
    """The same rows as arrays."""
    times, first, second = ([row[i] for row in rows] for i in range(3))
    kind = slo["input"][0]
    return counts(times, second, **{kind: first}) if kind in ("good", "bad") else values(times, first)


def evaluated(slo, rows, at):
    """What core answers."""
    return assess_rows(objective_of(slo), KINDS[slo["input"][0]], measured(slo, rows), at, slo["step"])


def track_of(slo, rows, at):
    """The prefix sums behind the answer."""
    as_of = at - at % slo["step"]
    points = before(points_of(KINDS[slo["input"][0]], measured(slo, rows), slo["step"]), as_of)
    return Track.of(judged_at(objective_of(slo), points, as_of), points.time)


def same(got, want, rel_tol=1e-9):
    """Equal, or both numbers and nearer than 1e-9."""
    if got is None or want is None:
        return got is want
    return got == want or isclose(got, want, rel_tol=rel_tol, abs_tol=1e-9)


def near(slo, want):
    """How near a time to exhaustion must be.

    A slice's bad share is right to 1e-13, so of a billionth, which lasts for thousands of years, the time is right to a
    ten-thousandth.
    """
    bad = float(want["burn_rates"]["1h"] or 1) * float(1 - slo["target"])
    return 1e-9 + (1e-12 / bad if slo["method"] == "RatioTimeslices" and bad else 0)


BILLIONTH = (
    {
        "method": "RatioTimeslices",
        "target": Fraction(0),
        "slice": 60,
        "slice_target": Fraction(1),
        "window": ("rolling", 600),
        "no_data": "exclude",
        "carry_limit": 0,
        "step": 60,
        "input": ("bad",),
    },
    [(1_774_787_580, Fraction(1), Fraction(10**9))],
    1_774_787_640,
)


@given(cases())
@example(BILLIONTH)
def test_core_answers_what_the_slow_reference_answers(case):
    """Every figure of `leeway budget`, for random objectives of every method, policy, window and kind of data."""
    slo, rows, at = case
    want, got = reference.evaluate(slo, rows, at), evaluated(slo, rows, at)
    event(f"{want['state']}, {slo['method']}")
    pairs = {
        "as_of": got.as_of,
        "start": got.window.start,
        "end": got.window.end,
        "elapsed_ratio": got.elapsed_ratio,
        "good": got.budget.good,
        "bad": got.budget.bad,
        "total": got.budget.total,
        "sli": got.budget.sli,
        "allowed": got.budget.allowed,
        "consumed": got.budget.consumed,
        "remaining": got.budget.remaining,
        "consumed_ratio": got.budget.consumed_ratio,
        "remaining_ratio": got.budget.remaining_ratio,
        "coverage": got.coverage,
    }
    lasts = (got.time_to_exhaustion_s, want["time_to_exhaustion_s"])
    assert same(*lasts, rel_tol=near(slo, want)), lasts
    assert {name: (mine, want[name]) for name, mine in pairs.items() if not same(mine, want[name])} == {}
    assert got.burn_rates.keys() == want["burn_rates"].keys()
    rates = {name: (mine, want["burn_rates"][name]) for name, mine in got.burn_rates.items()}
    assert {name: pair for name, pair in rates.items() if not same(*pair)} == {}
    interval = got.interval and (got.interval.low, got.interval.high)
    assert (interval is None) == (want["interval"] is None)
    assert interval is None or all(same(*pair) for pair in zip(interval, want["interval"], strict=True))
    assert got.health.value == want["state"]


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing_where_no_row_comes_twice(case, random):
    """A window does not know in which order its rows came."""
    slo, rows, at = case
    once = list({row[0]: row for row in rows}.values())
    shuffled = random.sample(once, len(once))
    assert evaluated(slo, once, at) == evaluated(slo, shuffled, at)


minutes_back = st.integers(0, 4 * 1440)


@given(cases(), st.tuples(minutes_back, minutes_back, minutes_back))
def test_the_parts_of_a_span_add_up_to_the_span(case, cuts):
    """Wherever a span is cut, also inside a slice, a slice is counted once."""
    slo, rows, at = case
    start, middle, end = sorted(NOW - 60 * back for back in cuts)
    tally = track_of(slo, rows, at).tally
    assert tally(Span(start, middle)) + tally(Span(middle, end)) == tally(Span(start, end))


@given(cases(), st.tuples(minutes_back, minutes_back))
def test_a_part_of_the_past_may_be_judged_alone(case, cuts):
    """What a correction touches is judged again from the rows that reach back by the carry limit, and nothing more."""
    slo, rows, _ = case
    objective = objective_of(slo)
    points = points_of(KINDS[slo["input"][0]], measured(slo, rows), slo["step"])
    part = Span(*sorted(NOW - 60 * back for back in cuts))
    born = int(points.time[0]) if len(points) else None
    whole = judge(objective, before(points, part.end), Span(NOW - 20 * DAY, part.end), born=born, grid=NOW)
    near = since(before(points, part.end), part.start - objective.carry_limit_s)
    alone = judge(objective, near, part, born=born, grid=NOW)
    expected = Track.of(whole, points.time).tally(part)
    assert Track.of(alone, points.time).tally(part) == expected


@given(cases())
def test_a_correction_leaves_no_trace_of_what_it_corrects(case):
    """Late data: history corrected later is history that was right from the start."""
    slo, rows, at = case
    last = {row[0]: row for row in rows if reference.events(slo, row) is not None}
    assert evaluated(slo, rows, at) == evaluated(slo, list(last.values()), at)


@given(cases())
def test_what_has_not_happened_yet_counts_for_nothing(case):
    """Rows at or after the moment of evaluation are ignored, the step that runs included."""
    slo, rows, at = case
    past = [row for row in rows if row[0] < at - at % slo["step"]]
    assert evaluated(slo, rows, at) == evaluated(slo, past, at)


@given(cases())
def test_what_is_quarantined_is_as_if_it_had_never_come(case):
    """A row that cannot be true moves no number, not even coverage or the birth."""
    slo, rows, at = case
    true = [row for row in rows if reference.events(slo, row) is not None]
    assert evaluated(slo, rows, at) == evaluated(slo, true, at)


@st.composite
def fleets(draw):
    """One way of judging, and the rows of a few series."""
    slo = draw(slos.filter(lambda one: one["slice"] < DAY))
    return slo, [draw(rows_for(slo)) for _ in range(draw(st.integers(1, 3)))]


@given(fleets(), st.tuples(minutes_back, minutes_back), st.randoms(use_true_random=False))
def test_many_series_are_judged_together_as_each_alone(fleet, cuts, random):
    """Nothing of one series shows in another's column, and the order of points does not matter."""
    slo, rows = fleet
    step = slo["step"]
    objective, span = objective_of(slo), Span(*sorted((NOW - 60 * back) // step * step for back in cuts))
    series = [points_of(KINDS[slo["input"][0]], measured(slo, each), slo["step"]) for each in rows]
    series = [since(before(points, span.end), span.start - objective.carry_limit_s) for points in series]
    births = [int(points.time[0]) if len(points) else None for points in series]
    column = np.repeat(np.arange(len(series)), [len(points) for points in series])
    order = random.sample(range(len(column)), len(column))
    together = judge_many(
        objective,
        all_of(series, order),
        column[order],
        span,
        born=np.array([NEVER if born is None else born for born in births]),
        step_s=slo["step"],
    )
    for place, (points, born) in enumerate(zip(series, births, strict=True)):
        alone = judge(objective, points, span, born=born)
        for theirs, mine in ((together.bad, alone.bad), (together.total, alone.total)):
            dense = dict.fromkeys(together.start.tolist(), 0) | dict(
                zip(alone.start.tolist(), mine.tolist(), strict=True)
            )
            assert dense == dict(zip(together.start.tolist(), theirs[:, place].tolist(), strict=True))


def all_of(series, order):
    """The points of several series as one, in this order."""
    time, good, total = (
        np.concatenate([getattr(points, name) for points in series])[order] for name in ("time", "good", "total")
    )
    value = None if series[0].value is None else np.concatenate([points.value for points in series])[order]
    return Points(time, good, total, value, series[0].scale)
