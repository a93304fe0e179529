"""What must not bend the book: reads that fail, points ahead of time, goals that leave and come back, restarts."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from leeway.core.objective import DAY_S, Method, Objective
from leeway.core.quality import Kind
from leeway.core.window import Rolling
from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.goal import Goal
from leeway.errors import Transient
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import Rows

NOW = 20_500 * DAY_S + 13 * 3_600
MIDNIGHT = NOW - NOW % DAY_S


class Failing(MemoryPoints):
    """A store that does not answer for a while."""

    fails = False

    def read_all(self, series, span):
        """Nothing, while it fails."""
        if self.fails:
            raise Transient("the disk is away")
        return super().read_all(series, span)


def goal(number=1, target=99, series=1, **more):
    objective = Objective(
        "main", **{"method": Method.OCCURRENCES, "target": Fraction(target, 100), "window": Rolling(28 * DAY_S)} | more
    )
    return Goal(number, "bar", "bar", objective, series, Kind.COUNTS, 1)


def arrive(store, *points):
    """(time, good, total) of series 1."""
    time, good, total = (np.array(column, np.int64) for column in zip(*points, strict=True))
    store.append(Rows(np.ones(len(time), np.int32), time, good, total, np.full(len(time), np.nan)), known_at=NOW)


def from_the_store(goal, store, at):
    """As the store alone gives it; the exact interval aside, which a running server works out once an hour."""
    return replace(query.past(goal, store, at, None), adjusted=None)


def assert_agrees(book, store, wanted):
    live, stored = query.live(wanted, book, store, book.head), from_the_store(wanted, store, book.head)
    assert live == stored


def test_what_changed_while_the_store_did_not_answer_is_judged_when_it_does_again():
    """A failed evaluation forgets nothing: neither points nor slices that completed meanwhile."""
    store = Failing()
    events, slices = goal(1), goal(2, method=Method.RATIO_TIMESLICES, slice_s=300)
    book = Book(store, NOW)
    book.set_goals([events, slices])
    arrive(store, (NOW - 60, 5, 10), (NOW + 120, 7, 10))
    store.fails = True
    for minute in (0, 1, 6):
        with pytest.raises(Transient):
            book.catch_up(NOW + minute * 60)
    store.fails = False
    book.catch_up(NOW + 360)
    for one in (events, slices):
        assert_agrees(book, store, one)
    assert query.live(events, book, store, book.head).budget.bad == 8
    book.close()


def test_a_settled_day_holds_nothing_that_an_evaluation_failed_to_judge():
    """The roll-up is never marked as knowing what the ledger does not know."""
    store, wanted = Failing(), goal()
    book = Book(store, NOW)
    book.set_goals([wanted])
    arrive(store, (MIDNIGHT - 600, 5, 10))
    store.fails = True
    with pytest.raises(Transient):
        book.catch_up(NOW)
    store.fails = False
    book.settle(MIDNIGHT - DAY_S)
    book.close()
    book = Book(store, NOW + 10 * DAY_S)
    book.set_goals([wanted])
    assert_agrees(book, store, wanted)
    book.close()


def test_goals_that_could_not_be_warmed_are_warmed_when_they_are_named_again():
    """They do not stay behind as goals without a past."""
    store, wanted = Failing(), goal()
    arrive(store, (NOW - 60, 5, 10), (NOW - 20 * DAY_S, 5, 10))
    book = Book(store, NOW)
    store.fails = True
    with pytest.raises(Transient):
        book.set_goals([wanted])
    assert book.burn_downs() == {}
    store.fails = False
    book.set_goals([wanted])
    assert_agrees(book, store, wanted)
    assert query.live(wanted, book, store, book.head).budget.bad == 10
    book.close()


def test_points_ahead_of_time_count_in_their_minute_after_a_restart_too():
    """Acknowledged a minute early, then Leeway restarts: the minute comes, and the point counts."""
    store, wanted = MemoryPoints(), goal()
    arrive(store, (NOW + 60, 5, 10))
    book = Book(store, NOW)
    book.set_goals([wanted])
    book.catch_up(NOW + 180)
    assert_agrees(book, store, wanted)
    assert query.live(wanted, book, store, book.head).budget.bad == 5
    book.close()


def test_a_goal_that_comes_back_knows_what_was_corrected_while_it_was_away():
    """Target 99 %, then 90 %, then 99 % again; meanwhile settled days were corrected and settled once more."""
    store, first, second = MemoryPoints(), goal(1), goal(2, 90)
    old = MIDNIGHT - 20 * DAY_S
    arrive(store, (old, 10, 10), (MIDNIGHT - 600, 10, 10))
    book = Book(store, NOW)
    book.set_goals([first])
    book.settle(MIDNIGHT - DAY_S)
    book.set_goals([second])
    arrive(store, (old, 0, 10), (MIDNIGHT - 600, 0, 10))
    book.catch_up(NOW)
    book.settle(MIDNIGHT - DAY_S)
    book.set_goals([first])
    assert_agrees(book, store, first)
    book.close()
    book = Book(store, NOW + 7 * DAY_S)
    book.set_goals([first])
    assert_agrees(book, store, first)
    assert query.live(first, book, store, book.head).budget.bad == 20
    book.close()
