"""Laws of the ledger: whatever was put, advanced and corrected, a look-up equals the naive sum."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.core.ledger import Layout, Ledger, OutOfReach, layout_for
from leeway.core.ledger.grid import MINUTE_DAYS, NARROW, WIDE
from leeway.core.objective import DAY_S, Method
from leeway.core.tally import Tally
from leeway.core.window import Span

WIDTH = 3
BEGIN = 20_000 * DAY_S
LAYOUTS = [Layout(WIDE, WIDE, 35), Layout(NARROW, NARROW, 35)]


class Naive:
    """Minutes in a dictionary: what the ledger must agree with."""

    def __init__(self):
        self.minutes = {}

    def put(self, time, column, tally):
        self.minutes[(time, column)] = tally

    def tally(self, column, span):
        total = Tally(0, 0, 0)
        for (time, owner), tally in self.minutes.items():
            if owner == column and span.holds(time):
                total += tally
        return total


tallies = st.builds(Tally, st.integers(0, 1), st.integers(0, 1), st.integers(0, 1))


@given(st.data(), st.sampled_from(LAYOUTS))
@settings(max_examples=60, deadline=None)
def test_a_look_up_equals_the_naive_sum_after_any_history_of_writes_and_corrections(data, layout):
    """Appends, corrections inside the days of minutes, new days: every span, every column."""
    ledger, naive = Ledger(layout, BEGIN, WIDTH), Naive()
    for _ in range(data.draw(st.integers(1, 6))):
        ledger.advance(ledger.head + 60 * data.draw(st.sampled_from([1, 7, 60, 333, 1439, 1440, 2000])))
        first = max(BEGIN, ledger.head - ledger.head % DAY_S - (MINUTE_DAYS - 1) * DAY_S)
        for _ in range(data.draw(st.integers(0, 4))):
            time = 60 * data.draw(st.integers(first // 60, ledger.head // 60 - 1))
            column, tally = data.draw(st.integers(0, WIDTH - 1)), data.draw(tallies)
            ledger.put(time, np.array([column]), *(np.array([n]) for n in (tally.bad, tally.total, tally.covered)))
            naive.put(time, column, tally)
    for _ in range(8):
        start = 60 * data.draw(st.integers(first // 60, ledger.head // 60))
        end = 60 * data.draw(st.integers(start // 60, ledger.head // 60))
        column = data.draw(st.integers(0, WIDTH - 1))
        assert ledger.tally(column, Span(start, end)) == naive.tally(column, Span(start, end))
        hour = start - start % 3600
        assert ledger.tally(column, Span(hour, end)) == naive.tally(column, Span(hour, end))


@pytest.mark.parametrize("doubt", [False, True])
def test_days_that_several_threads_put_at_once_add_up_as_one_after_the_other(doubt):
    """Hours of old days, minutes of the last ones, twice each: the second time in place of the first."""
    head, width = BEGIN + 34 * DAY_S + 7_200, 1_024
    dice = np.random.default_rng(1)
    together, alone = (Ledger(Layout(WIDE, WIDE, 35), BEGIN, width, head) for _ in range(2))
    days = [BEGIN + day * DAY_S for day in range(34)] * 2
    amounts = [
        dice.integers(0, 9, (4 if doubt else 3, 24 if day < alone.first_minute else 1440, width)) for day in days
    ]

    def put(ledger, days):
        for day, amount in days:
            (ledger.put_hours if day < ledger.first_minute else ledger.put_day)(day, slice(None), *amount)

    work = list(zip(days, amounts, strict=True))
    put(alone, work)
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(put, together, work[place::17]) for place in range(17)]:  # a day stays with one
            done.result()
    for time in [*days, head]:
        for ours, theirs in zip(together.sums(time).arrays, alone.sums(time).arrays, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@given(st.data(), st.sampled_from(LAYOUTS))
@settings(max_examples=30, deadline=None)
def test_a_finished_day_can_be_carried_from_one_ledger_to_another(data, layout):
    """To other columns, in place of what was there: look-ups of the day and of all after it are as in the first."""
    first, second, head = Ledger(layout, BEGIN, WIDTH), Ledger(layout, BEGIN, WIDTH + 2), BEGIN + 2 * DAY_S + 7_200
    for ledger in (first, second):
        ledger.advance(head)
        for _ in range(data.draw(st.integers(0, 6))):
            time, column = BEGIN + 60 * data.draw(st.integers(0, 2 * 1440 + 119)), data.draw(st.integers(0, WIDTH - 1))
            ledger.put(time, np.array([column]), *(np.array([data.draw(st.integers(0, 9))]) for _ in range(3)))
    to = data.draw(st.sampled_from([slice(0, WIDTH), slice(2, WIDTH + 2), np.array([4, 0, 2])]))
    today = [first.tally(column, Span(BEGIN + 2 * DAY_S, head)) for column in range(WIDTH)]
    for day in (BEGIN, BEGIN + DAY_S):
        second.put_running(day, to, *first.minutes(day, slice(None)))
    for column, other in enumerate(np.arange(WIDTH + 2)[to]):
        for start in (BEGIN, BEGIN + DAY_S, BEGIN + DAY_S + 3_600, BEGIN + 60 * data.draw(st.integers(0, 2_880))):
            end = BEGIN + 60 * data.draw(st.integers((start - BEGIN) // 60, 2_880))
            assert second.tally(int(other), Span(start, end)) == first.tally(column, Span(start, end))
        after = Span(BEGIN + 2 * DAY_S, head)
        assert second.tally(int(other), Span(BEGIN, head)) == first.tally(
            column, Span(BEGIN, after.start)
        ) + second.tally(int(other), after)
    assert today == [first.tally(column, Span(BEGIN + 2 * DAY_S, head)) for column in range(WIDTH)]


def test_a_day_that_is_not_over_cannot_be_carried():
    """Nor one that is kept as hours."""
    ledger = Ledger(LAYOUTS[0], BEGIN, WIDTH)
    ledger.advance(BEGIN + 10 * DAY_S + 60)
    for day in (BEGIN + 10 * DAY_S, BEGIN + 6 * DAY_S):
        with pytest.raises(OutOfReach):
            ledger.minutes(day, slice(None))
        with pytest.raises(OutOfReach):
            ledger.put_running(day, slice(None), *np.zeros((3, 1440, WIDTH), np.int64))


@given(st.lists(st.tuples(st.integers(0, 40 * 1440 - 1), st.integers(0, WIDTH - 1), tallies), max_size=30))
@settings(max_examples=30, deadline=None)
def test_hours_of_old_days_answer_to_the_minute_once_their_minutes_are_lent(writes):
    """40 days: the first 5 fall out of reach, the middle is kept as hours, the last ones as minutes."""
    ledger, naive = Ledger(LAYOUTS[0], BEGIN, WIDTH), Naive()
    for minute, column, tally in writes:
        naive.put(BEGIN + minute * 60, column, tally)
    dense = np.zeros((3, 40 * 1440, WIDTH), np.int64)
    for (time, column), tally in naive.minutes.items():
        dense[:, (time - BEGIN) // 60, column] = tally.bad, tally.total, tally.covered
    ledger.advance(BEGIN + 40 * DAY_S - 60)
    for number in range(5, 40):
        day, rows = BEGIN + number * DAY_S, dense[:, number * 1440 : (number + 1) * 1440]
        columns = slice(None) if number % 2 else np.arange(WIDTH)
        if number < 40 - MINUTE_DAYS:
            ledger.put_hours(day, columns, *rows.reshape(3, 24, 60, WIDTH).sum(axis=2))
        else:
            ledger.put_day(day, columns, *rows)
    whole = Span(BEGIN + 5 * DAY_S, ledger.head)
    for column in range(WIDTH):
        assert ledger.tally(column, whole) == naive.tally(column, whole)
    odd = BEGIN + 9 * DAY_S + 61 * 60
    with pytest.raises(OutOfReach) as missing:
        ledger.sums(odd)
    hour = missing.value.hour
    at = (hour - BEGIN) // 60
    ledger.lend(hour, *dense[:, at : at + 60])
    for column in range(WIDTH):
        assert ledger.tally(column, Span(odd, ledger.head)) == naive.tally(column, Span(odd, ledger.head))


def test_a_whole_day_may_be_replaced_and_the_days_after_it_follow():
    """put_day replaces; the day's old sum does not linger in the bases."""
    ledger = Ledger(LAYOUTS[0], BEGIN, WIDTH)
    ledger.advance(BEGIN + 2 * DAY_S + 600)
    ones = np.ones((1440, WIDTH), np.int64)
    ledger.put_day(BEGIN, slice(None), ones, ones, ones)
    ledger.put_day(BEGIN, slice(None), 2 * ones, 3 * ones, ones)
    assert ledger.tally(1, Span(BEGIN, ledger.head)) == Tally(2880, 4320, 1440)
    assert ledger.tally(1, Span(BEGIN + DAY_S, ledger.head)) == Tally(0, 0, 0)


def test_a_cleared_column_starts_from_nothing_and_leaves_its_neighbours():
    """A new objective may take the column of a deleted one."""
    ledger = Ledger(LAYOUTS[1], BEGIN, WIDTH)
    ledger.advance(BEGIN + DAY_S + 120)
    one = np.array([1, 1])
    ledger.put(BEGIN + 60, np.array([0, 1]), one, one, one)
    ledger.clear(0)
    assert ledger.tally(0, Span(BEGIN, ledger.head)) == Tally(0, 0, 0)
    assert ledger.tally(1, Span(BEGIN, ledger.head)) == Tally(1, 1, 1)


def test_what_lies_ahead_or_too_far_back_is_refused():
    """The ledger never guesses."""
    ledger = Ledger(LAYOUTS[0], BEGIN, WIDTH)
    ledger.advance(BEGIN + 50 * DAY_S)
    for time in (ledger.head + 60, ledger.head - 36 * DAY_S):
        with pytest.raises(OutOfReach) as missing:
            ledger.sums(time)
        assert missing.value.hour is None
    with pytest.raises(OutOfReach):
        ledger.put(ledger.head, np.array([0]), *(np.array([1]),) * 3)


def test_a_span_that_begins_inside_a_minute_begins_with_the_next():
    """A slice belongs to a span if its start does: the minute that had begun before stays out, at both ends."""
    ledger = Ledger(LAYOUTS[0], BEGIN, WIDTH)
    ledger.advance(BEGIN + DAY_S)
    one = np.array([1])
    for minute in (10, 11, 12):
        ledger.put(BEGIN + 60 * minute, np.array([0]), one, one, one)
    assert ledger.tally(0, Span(BEGIN + 630, BEGIN + 720)) == Tally(1, 1, 1)
    assert ledger.tally(0, Span(BEGIN + 600, BEGIN + 690)) == Tally(2, 2, 2)


@pytest.mark.parametrize(
    ("method", "days", "row_bytes", "reach"),
    [
        (Method.OCCURRENCES, 30, 18, 35),
        (Method.TIMESLICES, 34, 6, 35),
        (Method.RATIO_TIMESLICES, 35, 12, 100),
        (Method.TRAFFIC_WEIGHTED_TIMESLICES, 366, 18, 400),
        (Method.OCCURRENCES, 3 * 366, 18, 1_200),
        (Method.OCCURRENCES, 5_000, 18, 5_001),
    ],
)
def test_a_layout_is_as_narrow_and_as_short_as_its_method_and_window_allow(method, days, row_bytes, reach):
    """Bytes per row by method; days of hours by window."""
    layout = layout_for(method, days * DAY_S)
    assert (layout.bytes_per_row, layout.hour_days) == (row_bytes, reach)


@given(st.lists(st.tuples(st.integers(0, 40 * 1440 - 1), tallies), max_size=30), st.data())
@settings(max_examples=30, deadline=None)
def test_running_sums_at_many_times_are_the_look_ups_one_by_one(writes, data):
    """For charts: to the minute in the days of minutes, at the next whole hour before them."""
    ledger = Ledger(LAYOUTS[1], BEGIN, WIDTH)
    for minute, tally in sorted(writes, key=lambda each: each[0]):
        ledger.advance(max(ledger.head, BEGIN + minute * 60 + 60))
        ledger.put(
            BEGIN + minute * 60, np.array([1]), *(np.array([n]) for n in (tally.bad, tally.total, tally.covered))
        )
    ledger.advance(BEGIN + 40 * DAY_S - 60)
    times = np.array(data.draw(st.lists(st.integers(ledger.oldest, ledger.head), min_size=1, max_size=20)), np.int64)
    said = ledger.running(1, times)
    for place, time in enumerate(times):
        at = int(time) if time >= ledger.first_minute else -(-int(time) // 3_600) * 3_600
        sums = ledger.sums(at, np.array([1]))
        assert (said.bad[place], said.total[place], said.covered[place]) == (
            sums.bad[0],
            sums.total[0],
            sums.covered[0],
        )
    with pytest.raises(OutOfReach):
        ledger.running(1, np.array([ledger.head + 60]))
