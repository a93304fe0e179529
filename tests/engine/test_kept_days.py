"""A start takes finished days as they were kept, and judges again whatever came since; the sums are the store's."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from leeway.core.objective import DAY_S, Method, NoData, Objective
from leeway.core.quality import Kind
from leeway.core.window import Rolling
from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.goal import Goal
from leeway.errors import Transient
from leeway.ports.kit.memory_points import Held, MemoryPoints
from leeway.ports.points import Rows

NOW = 20_500 * DAY_S + 13 * 3_600
MIDNIGHT = NOW - NOW % DAY_S


class Watched(MemoryPoints):
    """A store that remembers what was read of many series at once, and may refuse to move its mark."""

    def __init__(self, held=None):
        super().__init__(held)
        self.asked = []
        self.marks = True

    def read_all(self, series, span):
        """As ever."""
        self.asked.append((tuple(series), span.start))
        return super().read_all(series, span)

    def mark_hours(self, seq):
        """Unless it is killed just before."""
        if not self.marks:
            raise Transient("killed")
        super().mark_hours(seq)


def goal(number, series, **more):
    objective = Objective(
        "main", **{"method": Method.OCCURRENCES, "target": Fraction(99, 100), "window": Rolling(3 * DAY_S)} | more
    )
    return Goal(number, f"bar {number}", "bar", objective, series, Kind.COUNTS, 1)


def arrive(store, series, *points):
    """(time, good, total)."""
    time, good, total = (np.array(column, np.int64) for column in zip(*points, strict=True))
    columns = np.full(len(time), series, np.int32), time, good, total, np.full(len(time), np.nan)
    store.append(Rows(*columns), known_at=NOW)


def restarted(store, wanted, at=NOW):
    """A book of a new process over the same data, with the series and days of minutes before today that it read."""
    again = Watched(store.held)
    book = Book(again, at)
    book.set_goals(wanted)
    return book, [asked for asked in again.asked if MIDNIGHT - 3 * DAY_S <= asked[1] < MIDNIGHT]


def from_the_store(goal, store, at):
    """As the store alone gives it; the exact interval aside, which a running server works out once an hour."""
    return replace(query.past(goal, store, at, None), adjusted=None)


def assert_agrees(book, store, wanted):
    for one in wanted:
        assert query.live(one, book, store, book.head) == from_the_store(one, store, book.head), one.slo


EVENTS, SLICES = goal(1, 1), goal(2, 2, method=Method.TIMESLICES, slice_s=300, slice_target=Fraction(9, 10))
ACROSS = goal(3, 1, method=Method.RATIO_TIMESLICES, slice_s=420, no_data=NoData.BAD)


@pytest.fixture
def settled():
    """A store in which the three days before today were kept."""
    store = Watched()
    for series in (1, 2):
        arrive(store, series, *((MIDNIGHT - DAY_S * day - 600 * series, 3, 10) for day in range(4)), (NOW - 600, 1, 10))
    book = Book(store, NOW)
    book.set_goals([EVENTS, SLICES])
    book.catch_up(NOW)
    book.settle(MIDNIGHT - DAY_S)
    book.close()
    return store


def test_a_start_reads_nothing_of_the_days_that_were_kept(settled):
    """Events and slices, in ledgers of different layouts."""
    book, asked = restarted(settled, [EVENTS, SLICES])
    assert asked == []
    assert_agrees(book, settled, [EVENTS, SLICES])
    book.close()


def test_what_changed_since_is_read_again_and_nothing_else(settled):
    """A late point of yesterday for one of two: its day, and today as ever."""
    arrive(settled, 2, (MIDNIGHT - 7_200, 0, 50))
    arrive(settled, 1, (NOW - 60, 5, 5))
    book, asked = restarted(settled, [EVENTS, SLICES])
    assert asked == [((2,), MIDNIGHT - DAY_S)]
    assert_agrees(book, settled, [EVENTS, SLICES])
    book.close()


def test_a_change_that_a_running_book_has_judged_is_not_lost_with_it(settled):
    """Judged, not settled, killed: the mark still says that it must be judged again."""
    book, _ = restarted(settled, [EVENTS, SLICES])
    arrive(settled, 1, (MIDNIGHT - 2 * DAY_S + 60, 0, 50))
    book.catch_up(NOW)
    book.close()
    book, asked = restarted(settled, [EVENTS, SLICES])
    assert asked == [((1,), MIDNIGHT - 2 * DAY_S)]
    assert_agrees(book, settled, [EVENTS, SLICES])
    book.close()


def test_a_kill_between_keeping_and_marking_does_no_harm(settled):
    """Days are kept anew, the mark stays behind: what is judged once too often comes to the same."""
    store = Watched(settled.held)
    book = Book(store, NOW)
    book.set_goals([EVENTS, SLICES])
    arrive(store, 1, (MIDNIGHT - 60, 0, 50))
    book.catch_up(NOW)
    store.marks = False
    with pytest.raises(Transient):
        book.settle(MIDNIGHT - DAY_S)
    book.close()
    book, asked = restarted(store, [EVENTS, SLICES])
    assert asked == [((1,), MIDNIGHT - DAY_S)]
    assert_agrees(book, store, [EVENTS, SLICES])
    book.close()


def test_slices_that_reach_over_midnight_are_judged_at_each_start(settled):
    """Seven minutes do not fit a day: the last slice of yesterday ends today, with what arrives today."""
    wanted = [EVENTS, ACROSS]
    book, _ = restarted(settled, wanted)
    book.catch_up(NOW)
    book.settle(MIDNIGHT - DAY_S)
    book.close()
    arrive(settled, 1, (MIDNIGHT + 60, 9, 10))
    book, asked = restarted(settled, wanted)
    assert {day for _, day in asked} == {MIDNIGHT - day * DAY_S for day in (1, 2, 3)}
    assert_agrees(book, settled, wanted)
    book.close()


def test_objectives_that_are_new_are_judged_beside_those_that_were_kept(settled):
    """A second objective on the same series, which nothing was kept of."""
    new = goal(4, 2)
    book, asked = restarted(settled, [EVENTS, SLICES, new])
    assert asked == [((2,), MIDNIGHT - day * DAY_S) for day in (3, 2, 1)]
    assert_agrees(book, settled, [EVENTS, SLICES, new])
    book.close()


def test_days_are_kept_as_long_as_they_are_minutes(settled):
    """A week later none of them is."""
    book, _ = restarted(settled, [EVENTS, SLICES], NOW + 7 * DAY_S)
    book.settle(MIDNIGHT + 6 * DAY_S)
    book.close()
    assert sorted(settled.held.minutes) == [(MIDNIGHT // DAY_S) + day for day in (4, 5, 6)]


def test_a_store_that_keeps_nothing_is_a_store_too():
    """All is judged, as at the first start of all."""
    store = Watched(Held())
    arrive(store, 1, (MIDNIGHT - 60, 1, 10))
    book, asked = restarted(store, [EVENTS])
    assert asked == [((1,), MIDNIGHT - day * DAY_S) for day in (3, 2, 1)]
    assert_agrees(book, store, [EVENTS])
    book.close()
