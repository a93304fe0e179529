"""The ledger's sums of what is in doubt: as exact as the others, and kept only where there is any."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.core.ledger import Layout, Ledger, OutOfReach, layout_for
from leeway.core.ledger.grid import NARROW, WIDE
from leeway.core.objective import DAY_S, Method
from leeway.core.tally import Tally
from leeway.core.window import Span

WIDTH = 3
BEGIN = 20_000 * DAY_S
LAYOUTS = st.sampled_from([Layout(WIDE, WIDE, 35, True), Layout(NARROW, NARROW, 35, True)])
ONE = np.array([0])


def amounts(*numbers):
    return [np.array([number]) for number in numbers]


@given(st.data(), LAYOUTS)
@settings(max_examples=60, deadline=None)
def test_a_look_up_of_doubt_equals_the_naive_sum(data, layout):
    """After any history of writes, corrections and new days, whenever the first doubt came."""
    ledger, naive = Ledger(layout, BEGIN, WIDTH), {}
    for _ in range(data.draw(st.integers(1, 5))):
        ledger.advance(ledger.head + 60 * data.draw(st.sampled_from([1, 60, 333, 1440, 2000])))
        for _ in range(data.draw(st.integers(0, 4))):
            time = 60 * data.draw(st.integers(ledger.first_minute // 60, ledger.head // 60 - 1))
            column, doubt = data.draw(st.integers(0, WIDTH - 1)), data.draw(st.sampled_from([None, 0, 1]))
            told = None if doubt is None else np.array([doubt])
            ledger.put(time, np.array([column]), *amounts(1, 1, 1), told)
            naive[time, column] = Tally(1, 1, 1, doubt or 0)
    for _ in range(6):
        start = 60 * data.draw(st.integers(ledger.first_minute // 60, ledger.head // 60))
        column, span = data.draw(st.integers(0, WIDTH - 1)), Span(start, ledger.head)
        parts = [tally for (time, owner), tally in naive.items() if owner == column and span.holds(time)]
        assert ledger.tally(column, span) == sum(parts, Tally(0, 0, 0))


def test_days_hours_and_lent_minutes_keep_the_doubt():
    """What was put as a whole day, as hours, or lent, is answered to the minute."""
    ledger = Ledger(Layout(WIDE, WIDE, 35, True), BEGIN, 1)
    ledger.advance(BEGIN + 10 * DAY_S)
    minutes, hours = np.ones((1440, 1), np.int64), np.full((24, 1), 60)
    ledger.put_hours(BEGIN + DAY_S, ONE, hours, hours, hours, hours)
    ledger.put_day(BEGIN + 8 * DAY_S, ONE, minutes, minutes, minutes, minutes)
    assert ledger.tally(0, Span(BEGIN, ledger.head)).doubt == 2 * 1440
    ledger.lend(BEGIN + DAY_S, *(np.ones((60, 1), np.int64),) * 4)
    assert ledger.tally(0, Span(BEGIN + DAY_S + 600, ledger.head)).doubt == 2 * 1440 - 10
    ledger.put_day(BEGIN + 8 * DAY_S, ONE, minutes, minutes, minutes)
    assert ledger.tally(0, Span(BEGIN + 2 * DAY_S, ledger.head)) == Tally(1440, 1440, 1440, 0)


def test_certain_is_what_is_bad_without_doubt():
    """In the sums of all columns, and minute by minute of one."""
    ledger = Ledger(Layout(WIDE, WIDE, 35, True), BEGIN, WIDTH)
    ledger.advance(BEGIN + 3600)
    ledger.put(BEGIN + 60, ONE, *amounts(5, 9, 1), np.array([2]))
    assert ledger.sums(ledger.head).certain.tolist() == [3, 0, 0]
    assert [each.tolist() for each in ledger.adds(0, BEGIN, BEGIN + 180)] == [[0, 3, 0], [0, 9, 0]]
    ledger.clear(0)
    assert ledger.tally(0, Span(BEGIN, ledger.head)) == Tally(0, 0, 0)


def test_exact_objectives_pay_nothing_for_the_doubt_of_others():
    """They are in ledgers of their own, and a ledger makes room for doubt when the first comes."""
    exact = layout_for(Method.OCCURRENCES, 30 * DAY_S)
    doubtful = layout_for(Method.OCCURRENCES, 30 * DAY_S, may_doubt=True)
    assert exact != doubtful
    ledger = Ledger(doubtful, BEGIN, WIDTH)
    ledger.advance(BEGIN + DAY_S)
    before = ledger.nbytes
    ledger.put(BEGIN, ONE, *amounts(1, 1, 1), np.array([0]))
    assert (ledger.nbytes, ledger.sums(ledger.head).doubt) == (before, None)
    ledger.put(BEGIN, ONE, *amounts(1, 1, 1), np.array([1]))
    assert ledger.nbytes > before


def test_an_hour_lent_before_the_first_doubt_is_without():
    """There was none when it was lent."""
    ledger = Ledger(Layout(WIDE, WIDE, 35, True), BEGIN, 1)
    ledger.advance(BEGIN + 10 * DAY_S)
    try:
        ledger.sums(BEGIN + 600)
    except OutOfReach as missing:
        ledger.lend(missing.hour, *(np.ones((60, 1), np.int64),) * 3)
    ledger.put(BEGIN + 9 * DAY_S, ONE, *amounts(1, 1, 1), np.array([1]))
    assert ledger.tally(0, Span(BEGIN + 600, ledger.head)).doubt == 1
