"""How good the data is: what came, what is missing, what was corrected, what was set aside."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from leeway.core.objective import DAY_S, Method, Objective, Op, Threshold
from leeway.core.quality import Fault, Kind, Measured
from leeway.core.window import Rolling, Span
from leeway.engine.book import Book
from leeway.engine.charts.data import data
from leeway.engine.goal import Goal
from leeway.engine.quarantine import EXAMPLES, Quarantine, SetAside
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import Rows

AT = 20_500 * DAY_S + 13 * 3_600
MINUTES = 600
GOAL = Goal(
    1, "checkout", "shop", Objective("main", Method.OCCURRENCES, Fraction("0.99"), Rolling(DAY_S)), 1, Kind.COUNTS, 10
)


def rows(ago, good=100, value=np.nan):
    time = AT - 60 * np.array(ago, np.int64)
    full = np.ones(len(ago), np.int64)
    return Rows(full.astype(np.int32), time, full * good, full * 1_000, np.full(len(ago), value))


def told(store, goal=GOAL, span=None, **given):
    book = Book(store, AT)
    book.set_goals([goal])
    try:
        return data(goal, book, store, SetAside(), span or Span(AT - DAY_S, AT), AT, given.get("newest", 5))
    finally:
        book.close()


def test_coverage_and_gaps_begin_with_the_first_row_ever():
    """Ten hours with an hour missing: nine tenths; before that nothing was due."""
    store = MemoryPoints()
    store.append(rows([ago for ago in range(1, 601) if not 120 < ago <= 180]), known_at=AT * 10**6)
    found = told(store)
    assert (found.coverage, found.steps, found.gaps) == (0.9, 540, (Span(AT - 180 * 60, AT - 120 * 60),))
    by_hour = {one.at: one.ratio for one in found.strip}
    assert by_hour[AT - 11 * 3_600] is None
    assert by_hour[AT - 10 * 3_600] == 1
    assert by_hour[AT - 3 * 3_600] == 0
    assert len(by_hour) == 24
    days = told(store, span=Span(AT - 20 * DAY_S, AT))
    assert (days.part_s, [one.ratio for one in days.strip][-1]) == (DAY_S, 0.9)


def test_late_and_corrected_rows_are_counted_and_shown_as_received():
    """Twenty came an hour late; three of them say something else than before."""
    store = MemoryPoints()
    store.append(rows(range(21, 41)), known_at=AT * 10**6 - 20 * 60 * 10**6)
    store.append(rows([21, 22, 23], good=50), known_at=(AT + 3_600) * 10**6)
    found = told(store, newest=4)
    assert (found.corrected, found.late) == (3, 3 + 4)
    assert [(one.time, one.good, one.total, one.stands) for one in found.newest[:3]] == [
        (AT - 60 * ago, 5.0, 100.0, True) for ago in (21, 22, 23)
    ]
    assert (found.newest[3].time, found.newest[3].good, found.newest[3].stands) == (AT - 21 * 60, 10.0, False)


def test_values_are_spread_for_who_chooses_a_threshold():
    """Counts are not."""
    threshold = Objective(
        "main", Method.OCCURRENCES, Fraction("0.99"), Rolling(DAY_S), threshold=Threshold(Op.LTE, 0.3)
    )
    store = MemoryPoints()
    store.append(rows(range(1, 101), value=0.25), known_at=AT * 10**6)
    goal = Goal(1, "checkout", "shop", threshold, 1, Kind.VALUE, 1)
    found = told(store, goal)
    assert (found.spread.count, found.newest[0].value, found.newest[0].good) == (100, 0.25, None)
    counted = MemoryPoints()
    counted.append(rows(range(1, 101)), known_at=AT * 10**6)
    assert told(counted).spread is None


def test_without_any_row_nothing_is_known_of_the_data():
    """No coverage of a time in which nothing was due."""
    found = told(MemoryPoints())
    assert (found.born, found.coverage, found.gaps, found.newest, found.delay_s) == (None, None, (), (), None)


def test_what_is_set_aside_is_counted_by_reason_and_the_last_rows_are_kept():
    """By series; a row without a fault is not among them."""
    quarantine = Quarantine()
    time = 60 * np.arange(10, dtype=np.int64)
    wrong = Measured(time, good=np.full(10, 7.0), total=np.array([5.0] * 8 + [9.0] * 2))
    faults = np.array([Fault.MORE_THAN_TOTAL] * 8 + [Fault.NONE] * 2, np.int8)
    quarantine.note(1, wrong, faults, 100.0)
    nothing = Measured(time[:1], good=np.array([np.nan]), total=np.array([1.0]))
    quarantine.note(1, nothing, np.array([Fault.NOT_A_NUMBER], np.int8), 200.0)
    found = quarantine.of(1)
    assert found.counts == ((Fault.MORE_THAN_TOTAL, 8), (Fault.NOT_A_NUMBER, 1))
    assert len(found.examples) == EXAMPLES
    newest, before, *_ = found.examples
    assert (newest.fault, newest.at_fault, newest.received_at) == (Fault.NOT_A_NUMBER, ("good",), 200.0)
    assert (before.time, before.numbers, before.at_fault) == (420, (("good", 7.0), ("total", 5.0)), ("good", "total"))
    assert quarantine.of(2) == SetAside()
