"""The law of increments, against the plainest sum and against the cases that break other tools."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.window import Span
from leeway.ports.source import Role
from leeway.sources.prometheus.absence import absent_steps, bad_as_zero
from leeway.sources.prometheus.decode import Series
from leeway.sources.prometheus.increments import Grid, merged, scrapes_of, tally, thinned

START, STEP, STEPS = 6000, 60, 6
SPAN = Span(START, START + STEPS * STEP)
GRID = Grid(SPAN, STEP, 3_600_000)
NAN = math.nan
LABELS = {"__name__": "m", "job": "api", "instance": "a"}


def series(samples, **labels):
    """Samples as {seconds after the start: value}."""
    time = np.array([round((START + at) * 1000) for at in samples], np.int64)
    return Series({**LABELS, **labels}, time, np.array(list(samples.values()), np.float64))


def counted(*all_series, seen=(), grid=GRID):
    """Per step, after merging; `seen` are series of the same targets that tell when they were scraped."""
    held, _ = merged(all_series, grid.span)
    others, _ = merged(seen, grid.span)
    return tally(held, scrapes_of([*held, *others]), grid)


def assert_steps(found, expected):
    assert found.per_step.tolist() == pytest.approx(expected, nan_ok=True, abs=0)


def test_an_increment_belongs_to_the_step_of_the_later_sample():
    """The sample before the left edge is what the first one inside is compared with."""
    found = counted(series({-0.001: 100, 15: 103, 45: 104, 75: 110}))
    assert_steps(found, [4, 6, NAN, NAN, NAN, NAN])
    assert found.samples == 3


def test_a_step_with_samples_and_no_increase_is_zero_and_one_without_samples_unknown():
    """Nothing happened and nothing is known are different."""
    assert_steps(counted(series({-0.001: 5, 15: 5, 135: 5})), [0, NAN, 0, NAN, NAN, NAN])


def test_what_happened_in_a_gap_belongs_to_the_next_sample_whole():
    """No interpolation: it is known that it happened, not when."""
    assert_steps(counted(series({-0.001: 0, 15: 10, 315: 1010})), [10, NAN, NAN, NAN, NAN, 1000])


def test_after_a_reset_the_new_value_counts():
    """What was lost between the last scrape and the restart is not invented."""
    found = counted(series({-0.001: 90, 15: 100, 75: 7, 135: 9}))
    assert_steps(found, [10, 7, 2, NAN, NAN, NAN])
    assert found.resets == 1


def test_a_series_born_while_its_target_was_scraped_counts_from_zero():
    """The first error is an error: `increase` would lose it."""
    found = counted(series({75: 3, 135: 4}, code="500"), seen=[series({15: 1, 75: 2}, code="200")])
    assert_steps(found, [NAN, 3, 1, NAN, NAN, NAN])
    assert found.born == 1


def test_a_series_that_begins_with_its_target_counts_nothing_before():
    """What a target counted before it was first reached is nobody's to know; the step stays unknown."""
    found = counted(series({75: 300, 135: 304}), seen=[series({75: 9}, code="200")])
    assert_steps(found, [NAN, NAN, 4, NAN, NAN, NAN])
    assert found.unknown == 1


def test_another_target_is_no_witness():
    """Instance b was scraped; that says nothing of instance a."""
    found = counted(series({75: 300}), seen=[series({15: 1}, instance="b")])
    assert found.unknown == 1


def test_a_sample_older_than_the_lookback_is_no_predecessor():
    """The same answer, whether an ask is long enough to see it or not."""
    grid = Grid(SPAN, STEP, 100_000)
    assert counted(series({5: 50, 15: 51, 200: 60}), grid=grid).unknown == 2


def test_nan_infinite_and_negative_samples_are_no_readings():
    """They are left out, and counted as such."""
    raw = series({-0.001: 1, 15: NAN, 20: math.inf, 30: -4, 45: 2})
    assert_steps(counted(raw), [1, NAN, NAN, NAN, NAN, NAN])
    assert merged([raw], SPAN)[1] == 3


def test_overlapping_and_unordered_answers_count_once():
    """A closed range repeats the sample on its edge; a proxy may shuffle."""
    found = counted(series({60: 4, 15: 2}), series({-0.001: 0, 60: 4, 75: 5}))
    assert_steps(found, [2, 3, NAN, NAN, NAN, NAN])


def test_samples_outside_the_span_count_nowhere():
    """Not even at the far edge, which belongs to the next ask."""
    assert_steps(counted(series({-60: 1, -0.001: 2, 15: 3, 360: 9, 99_999: 99})), [1, NAN, NAN, NAN, NAN, NAN])


def test_of_replicas_the_fullest_counts():
    """Two replicas that scrape one target see each event twice."""
    a = series({15: 1, 75: 2, 135: 3}, replica="a")
    b = series({16: 1, 136: 3}, replica="b")
    assert thinned([b, a], ["replica"]) == (a,)
    assert len(thinned([b, a], [])) == 2


steps_of_counters = st.lists(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 50), st.booleans()), min_size=1, max_size=40),
    min_size=1,
    max_size=4,
)


@given(steps_of_counters)
def test_the_sum_is_the_plain_max_reset_sum(histories):
    """For any counters with any gaps and restarts: the sum over steps equals the sum sample by sample."""
    all_series, expected = [], 0
    for number, history in enumerate(histories):
        at, value, samples = -0.001, 7, {-0.001: 7}
        for gap, events, restart in history:
            at = round(at + gap, 3)
            before, value = value, events if restart else value + events
            if at < SPAN.length_s:
                samples[at] = value
                expected += value - before if value >= before else value
        all_series.append(series(samples, instance=str(number)))
    assert np.nansum(counted(*all_series).per_step) == expected


@given(steps_of_counters, st.integers(1, STEPS - 1))
def test_any_tiling_adds_up_to_the_whole(histories, cut):
    """What is asked in parts, with the sample before each, is what is asked at once."""
    all_series = []
    for history in histories:
        at, value, samples = -0.001, 7, {-0.001: 7}
        for gap, events, restart in history:
            at = round(at + gap, 3)
            value = events if restart else value + events
            samples[at] = value
        all_series.append(samples)
    whole = counted(*(series(samples, instance=str(n)) for n, samples in enumerate(all_series)))
    edge = cut * STEP
    left = Grid(Span(START, START + edge), STEP, GRID.lookback_ms)
    right = Grid(Span(START + edge, SPAN.end), STEP, GRID.lookback_ms)
    later = []
    for samples in all_series:
        before = [value for at, value in samples.items() if at < edge]
        later.append({edge - 0.001: before[-1], **{at: value for at, value in samples.items() if at >= edge}})
    first = counted(*(series(s, instance=str(n)) for n, s in enumerate(all_series)), grid=left)
    second = counted(*(series(s, instance=str(n)) for n, s in enumerate(later)), grid=right)
    assert np.array_equal(np.concatenate([first.per_step, second.per_step]), whole.per_step, equal_nan=True)


def columns(**by_role):
    return {Role(name): np.array(column, np.float64) for name, column in by_role.items()}


def test_absent_bad_is_zero_where_total_is_known():
    """No series of errors, and the service was seen: no errors. Said in a note."""
    found, notes = bad_as_zero(columns(total=[5, NAN, 3], bad=[NAN, NAN, 1]), np.array([True, True, True]))
    assert found[Role.BAD].tolist() == pytest.approx([0, NAN, 1], nan_ok=True)
    assert "taken as zero" in notes[0]


def test_absent_good_stays_unknown():
    """No series of successes may be a wrong query; it is never zero and never all good."""
    found, notes = bad_as_zero(columns(total=[5, 3], good=[NAN, 3]), np.array([True, True]))
    assert found[Role.GOOD].tolist() == pytest.approx([NAN, 3], nan_ok=True)
    assert "unknown, not zero" in notes[0]


def test_bad_is_not_zero_while_its_own_target_was_not_scraped():
    """Errors counted at one place, requests at another: a gap at the first is a gap."""
    bad = series({-0.001: 4, 15: 5}, instance="errors")
    total = series({15: 1, 75: 2, 135: 3}, instance="requests")
    assert absent_steps([bad], scrapes_of([bad, total]), GRID).tolist() == [True] + [False] * 5


def test_bad_is_zero_before_it_is_born_and_while_its_target_lives():
    """Its target was scraped without it."""
    bad = series({135: 1, 195: 2})
    total = series({15: 1, 75: 2, 135: 3, 255: 4}, code="200")
    assert absent_steps([bad], scrapes_of([bad, total]), GRID).tolist() == [True, True, True, True, True, False]
