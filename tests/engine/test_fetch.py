"""The past asked of the sources: slice by slice, the newest first; what fails is told, and what was read stays."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from leeway.core.window import Span
from leeway.engine.catalog import SourceKey
from leeway.engine.fetch import TRIES, Question, Wanted, fetch
from leeway.errors import Denied, NotUnderstood, Unreachable
from leeway.formats.points import Owner
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.source import Ability, Ask, ComputedBy, Manifest, Metric, Provenance, Reading, Role

NOW = 1_790_000_070.0
MINUTE, HOUR = 60, 3_600
HISTORY = frozenset({Ability.PULL, Ability.HISTORY})
KEY = SourceKey("memory", "memory", "{}")


class Patient(VirtualClock):
    """Waiting takes no time, but is kept."""

    def __init__(self):
        super().__init__(NOW)
        self.waited = []

    async def sleep(self, seconds):
        self.waited.append(seconds)


class Memory:
    """Knows of every minute how many since the epoch have passed; `faults` are raised by the asks of these numbers."""

    def __init__(self, faults=None, *, abilities=HISTORY, delay_s=0, empty=False, adrift=0):
        self.manifest = Manifest("memory", "Memory", abilities, delay_s)
        self.faults, self.empty, self.adrift = dict(faults or {}), empty, adrift
        self.asked, self.closed = [], 0

    def check(self, metrics):
        """Takes anything."""

    async def read(self, ask: Ask) -> Reading:
        self.asked.append(ask.span)
        if fault := self.faults.get(len(self.asked)):
            raise fault
        time = np.arange(ask.span.start, ask.span.end, ask.step_s)[: 0 if self.empty else None] + self.adrift
        numbers = {Role.TOTAL: 10.0, Role.GOOD: 9.0, Role.BAD: 2.0, Role.VALUE: 0.5, Role.RAW: 0.25}
        columns = {metric.role: np.full(len(time), numbers[metric.role]) for metric in ask.metrics}
        said = Provenance("memory", "all", ask.span, ask.step_s, "0" * 64, NOW, ComputedBy.SOURCE)
        return Reading(time, columns, said)

    async def close(self):
        self.closed += 1


def question(slo: str, *roles: Role, key: SourceKey | None = KEY) -> Question:
    return Question(Owner(slo), key, tuple(Metric(role, {"query": f"{role} of {slo}"}) for role in roles))


def fetched(questions, source, wanted, clock=None):
    """The table, the troubles, and what was told of progress."""
    told = []
    opened = source if callable(source) else lambda _: source
    table, troubles = asyncio.run(
        fetch(questions, wanted, opened, clock or Patient(), lambda done, of: told.append((done, of)))
    )
    return table, troubles, told


@pytest.mark.parametrize("step_s", [60, 300, 3_600, 86_400])
def test_slices_are_whole_steps_without_a_gap_and_cover_what_was_wanted(step_s):
    """The newest first, none longer than the source's unless a single step is; the end waits for what is late."""
    chunks = Wanted(3 * 86_400 + 1, None, step_s).chunks(NOW, Manifest("m", "M", HISTORY, 15))
    assert chunks[0].end == (NOW - 15) // step_s * step_s
    assert [one.end for one in chunks[1:]] == [one.start for one in chunks[:-1]]
    assert chunks[-1].start == chunks[0].end - -(-(3 * 86_400 + 1) // step_s) * step_s
    assert all(one.length_s % step_s == 0 and one.length_s <= max(6 * HOUR, step_s) for one in chunks)


def test_rows_come_by_time_however_they_were_asked():
    """Two slices of one series, told as they are done; the source is closed."""
    source = Memory(delay_s=20)
    table, troubles, told = fetched([question("bar", Role.GOOD, Role.TOTAL)], source, Wanted(8 * HOUR, None, 60))
    assert troubles == ()
    assert [(one.end - one.start) // HOUR for one in source.asked] == [6, 2]
    assert table.time.tolist() == list(range(source.asked[1].start, source.asked[0].end, MINUTE))
    assert table.time[-1] == 1_789_999_980  # its minute was over twenty seconds ago
    assert (np.diff(table.line) > 0).all()
    assert (told[-1], source.closed) == ((2, 2), 1)


def test_a_source_says_how_much_is_best_asked_at_once():
    """A file is read whole for any part of it."""
    whole = Manifest("files", "Files", HISTORY, slice_s=366 * 86_400)
    assert len(Wanted(90 * 86_400, None, 60).chunks(NOW, whole)) == 1


def test_until_ends_before_now():
    """A time of the past is the end; one of the future is not."""
    source = Memory()
    fetched([question("bar", Role.VALUE)], source, Wanted(HOUR, NOW - HOUR, 60))
    fetched([question("bar", Role.VALUE)], source, Wanted(HOUR, NOW + HOUR, 60))
    assert [one.end for one in source.asked] == [1_790_000_040 - HOUR, 1_790_000_040]


def test_one_table_holds_what_counts_and_what_has_values():
    """Of bad events the others are good; a column that does not concern a series is unknown there."""
    questions = [question("a", Role.BAD, Role.TOTAL), question("b", Role.VALUE), question("c", Role.RAW)]
    table, _, _ = fetched(questions, Memory(), Wanted(MINUTE, None, 60))
    assert table.owners == (Owner("a"), Owner("b"), Owner("c"))
    np.testing.assert_array_equal(table.good, [8, np.nan, np.nan])
    np.testing.assert_array_equal(table.total, [10, np.nan, np.nan])
    np.testing.assert_array_equal(table.value, [np.nan, 0.5, 0.25])


def test_columns_are_those_that_were_asked_for_even_if_nothing_came():
    """So that an SLO without data has none, and is not taken for one of another kind."""
    table, (trouble,), _ = fetched([question("bar", Role.GOOD, Role.TOTAL)], Memory(empty=True), Wanted(HOUR, None, 60))
    assert (len(table), table.value, trouble.error) == (0, None, None)
    assert table.total is not None
    assert trouble.question.words == "good = good of bar; total = total of bar"


def test_who_has_answered_is_asked_again_after_a_while():
    """As long as it says, else longer each time; the rows are whole."""
    busy = Unreachable("busy", retry_after_s=30.0)
    source, clock = Memory({2: busy, 3: Unreachable("broke")}), Patient()
    table, troubles, _ = fetched([question("bar", Role.VALUE)], source, Wanted(12 * HOUR, None, 60), clock)
    assert (troubles, len(table), clock.waited) == ((), 720, [30.0, 10.0])


def test_what_was_read_before_a_source_was_lost_stays():
    """The newest hours are there; the error is told with the question."""
    source = Memory(dict.fromkeys(range(2, 2 + TRIES), Unreachable("gone")))
    table, (trouble,), told = fetched([question("bar", Role.VALUE)], source, Wanted(18 * HOUR, None, 60))
    assert len(table) == 360
    assert table.time[-1] == 1_789_999_980
    assert (str(trouble.error), told[-1]) == ("gone", (3, 3))


def test_who_never_answers_is_asked_once():
    """Whoever waits at a terminal need not wait longer."""
    source, clock = Memory(dict.fromkeys(range(1, 9), Unreachable("nothing listens"))), Patient()
    table, (trouble,), _ = fetched([question("bar", Role.VALUE)], source, Wanted(18 * HOUR, None, 60), clock)
    assert (len(table), len(source.asked), clock.waited, source.closed) == (0, 1, [], 1)
    assert "nothing listens" in str(trouble.error)


def test_a_series_that_fails_keeps_no_other_from_being_read():
    """Two sources, one of which refuses."""
    other = SourceKey("other", "memory", "{}")
    sources = {KEY: Memory(), other: Memory({1: Denied("answered 401")})}
    questions = [question("bar", Role.VALUE, key=other), question("foo", Role.VALUE)]
    table, (trouble,), _ = fetched(questions, sources.__getitem__, Wanted(HOUR, None, 60))
    assert (len(table), trouble.question.owner, str(trouble.error)) == (60, Owner("bar"), "answered 401")


def test_a_source_is_opened_once_for_all_its_series():
    """However many there are, and it is asked a few things at once."""
    opened = []

    def open_source(key):
        opened.append(key)
        return Memory()

    table, _, _ = fetched([question(f"slo-{n}", Role.VALUE) for n in range(20)], open_source, Wanted(HOUR, None, 60))
    assert (len(opened), len(table)) == (1, 20 * 60)


@pytest.mark.parametrize(
    ("key", "source", "says"),
    [
        (None, None, "its points are pushed"),
        (KEY, None, "its points are pushed"),
        (KEY, Memory(abilities=frozenset({Ability.PROBE})), "Memory keeps no history"),
    ],
)
def test_where_there_is_nobody_to_ask_another_way_is_named(key, source, says):
    """The server that took the points, or a file."""
    _, (trouble,), _ = fetched([question("bar", Role.VALUE, key=key)], lambda _: source, Wanted(HOUR, None, 60))
    assert says in str(trouble.error)
    assert "--stored" in str(trouble.error)


def test_an_answer_of_other_times_is_not_understood():
    """No row is moved into the span that was asked for."""
    table, (trouble,), _ = fetched([question("bar", Role.VALUE)], Memory(adrift=MINUTE), Wanted(HOUR, None, 60))
    assert len(table) == 0
    assert isinstance(trouble.error, NotUnderstood)


def test_a_span_shorter_than_a_step_is_one_step():
    """Whoever asks for an hour of daily rows gets the day that is over."""
    assert Wanted(HOUR, None, 86_400).chunks(NOW, Manifest("m", "M", HISTORY)) == [Span(1_789_862_400, 1_789_948_800)]
