"""The list of all objectives: the figures of each alone, made once for all who ask."""

import asyncio
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.test_book import NOW, batches, goals, rows

from leeway.engine import query
from leeway.engine.book import Book
from leeway.engine.standing import BEHIND_S, Standing, assessments
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.memory_points import MemoryPoints


@settings(max_examples=60)
@given(goals(), batches, st.lists(st.integers(0, 20), min_size=4, max_size=4))
def test_all_together_have_the_figures_of_each_alone(wanted, batch, late):
    """Every method and window, each objective so many minutes late: exact fractions, and they are equal."""
    store = MemoryPoints()
    if batch:
        store.append(rows(batch, NOW), known_at=NOW)
    book = Book(store, NOW)
    book.set_goals(wanted)

    def as_of(goal):
        return book.head - 60 * late[goal.number]

    found = assessments(wanted, book, as_of)
    assert set(found) == {goal.number for goal in wanted if goal.in_ledger}
    for goal in wanted:
        if goal.in_ledger:
            alone = query.live(goal, book, store, as_of(goal))
            assert found[goal.number] == replace(alone, adjusted=None), goal
    book.close()


class Maker:
    """Makes lists that can be told apart; `held` keeps it at its work."""

    def __init__(self):
        self.edition, self.count, self.begun, self.held = (0, 0), 0, threading.Event(), threading.Event()
        self.held.set()

    def __call__(self):
        self.begun.set()
        assert self.held.wait(20)
        self.count += 1
        return (f"list {self.count}",)


@pytest.fixture
def maker():
    return Maker()


async def while_making(clock, standing, maker, waited):
    """A list is made, changes so many seconds later, and is asked for while the next one is being made."""
    ask = lambda **how: standing.statuses(lambda: maker.edition, maker, **how)  # noqa: E731 - said three times below
    first = await ask(behind=False)
    await clock.advance(waited)
    maker.edition = (1, 0)
    maker.begun.clear()
    maker.held.clear()
    making = asyncio.create_task(ask(behind=True))
    await asyncio.to_thread(maker.begun.wait, 20)
    asked = asyncio.create_task(ask(behind=True))
    await asyncio.sleep(0)
    at_once = asked.done()
    maker.held.set()
    return first, at_once, await asked, await making


def test_who_asks_while_a_list_is_made_gets_the_one_before(maker):
    """Only one of many waits, and gets the new one."""
    clock = VirtualClock(float(NOW))
    first, at_once, given_, made = asyncio.run(while_making(clock, Standing(clock), maker, BEHIND_S))
    assert at_once
    assert given_ is first
    assert (made, maker.count) == (("list 2",), 2)


def test_a_list_that_nobody_saw_for_long_is_not_shown_instead(maker):
    """Then all wait for the new one, which is made once."""
    clock = VirtualClock(float(NOW))
    _, at_once, given_, made = asyncio.run(while_making(clock, Standing(clock), maker, BEHIND_S + 1))
    assert not at_once
    assert given_ is made
    assert (made, maker.count) == (("list 2",), 2)


def test_nothing_is_made_twice_of_the_same_and_nothing_shown_of_old_definitions(maker):
    """The very same tuple, until `forget`."""

    async def asked():
        standing = Standing(VirtualClock(float(NOW)))
        ask = lambda: standing.statuses(lambda: maker.edition, maker, behind=True)  # noqa: E731 - as above
        one, two = await ask(), await ask()
        standing.forget()
        return one, two, await ask()

    one, two, three = asyncio.run(asked())
    assert one is two
    assert (one, three) == (("list 1",), ("list 2",))
