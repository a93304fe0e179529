"""The contract of every PointStore: subclass `PointStoreSuite`, say how to open one, and pytest runs all of it.

::

    class TestMyStore(PointStoreSuite):
        @pytest.fixture
        def opener(self):
            return lambda folder: MyStore(folder)   # the same folder again is the same data again
"""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from leeway.core.window import Span
from leeway.errors import Conflict, Invalid, LeewayError
from leeway.ports.kit.points_law import check_law
from leeway.ports.points import Change, Collected, Key, PointStore, Rows, Tallies
from leeway.ports.source import ComputedBy, Provenance

DAY = 20_000
START = DAY * 86_400
ALWAYS = Span(START - 86_400, START + 10 * 86_400)
NONE = float("nan")

Opener = Callable[[Path], PointStore]
Row = tuple[int, int, int, int, float | None]


def rows(*given: tuple[int, int, int, int] | tuple[int, int, int, int, float]) -> Rows:
    """Rows from (series, minute after START, good, total[, value])."""
    whole = [(*each, NONE)[:5] for each in given]
    return Rows(
        np.array([each[0] for each in whole], np.int32),
        np.array([START + 60 * each[1] for each in whole], np.int64),
        np.array([each[2] for each in whole], np.int64),
        np.array([each[3] for each in whole], np.int64),
        np.array([each[4] for each in whole], np.float64),
    )


def listed(found: Rows) -> list[Row]:
    """(series, minute, good, total, value) with None for no value, in the order given."""
    columns = (found.series, found.time, found.good, found.total, found.value)
    return [
        (series, (time - START) // 60, good, total, None if math.isnan(value) else value)
        for series, time, good, total, value in zip(*(column.tolist() for column in columns), strict=True)
    ]


def reading(series: int, start: int, end: int, query: str = "up", notes: tuple[str, ...] = ()) -> Collected:
    """A reading of minutes [start, end) after START."""
    span = Span(START + 60 * start, START + 60 * end)
    told = Provenance("prom", query, span, 60, "ab" * 32, 1.5, ComputedBy.LEEWAY, samples=7, notes=notes)
    return Collected(series, told, rows=end - start)


def tallies(*given: tuple[int, int, int, int, int]) -> Tallies:
    """Roll-up rows from (objective, hour after START, bad, total, covered)."""
    table = np.array(given, np.int64).reshape(len(given), 5)
    hour = START // 3600 + table[:, 1]
    return Tallies(table[:, 0].astype(np.int32), hour, table[:, 2], table[:, 3], table[:, 4])


def judged(found: Tallies) -> list[tuple[int, ...]]:
    """(objective, hour after START, bad, total, covered)."""
    columns = (found.objective, found.hour - START // 3600, found.bad, found.total, found.covered)
    return list(zip(*(column.tolist() for column in columns), strict=True))


class PointStoreSuite:
    """What the engine counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where the store under test keeps its data."""
        return tmp_path / "data"

    @pytest.fixture
    def store(self, opener: Opener, folder: Path) -> Iterator[PointStore]:
        """A new store."""
        store = opener(folder)
        yield store
        store.close()

    # what is read

    def test_a_new_store_knows_nothing(self, store: PointStore) -> None:
        """Unknown is no row: not zero, not an error."""
        assert listed(store.read(1, ALWAYS)) == []
        assert listed(store.read_all([1, 2], ALWAYS)) == []
        assert store.extent() == {}
        assert store.changes(0) == ()
        assert store.last_readings() == {}

    def test_rows_come_back_by_time_in_a_half_open_span(self, store: PointStore) -> None:
        """The span's start belongs to it, its end does not."""
        store.append(rows((1, 2, 5, 9), (1, 0, 1, 2), (1, 1, 3, 4), (2, 1, 7, 7)), known_at=1)
        assert listed(store.read(1, Span(START, START + 120))) == [(1, 0, 1, 2, None), (1, 1, 3, 4, None)]
        assert listed(store.read(1, Span(START + 60, START + 60))) == []

    def test_columns_have_the_types_of_the_port(self, store: PointStore) -> None:
        """int32 series, int64 counts, float64 values, also when empty."""
        store.append(rows((1, 0, 1, 2)), known_at=1)
        for found in (
            store.read(1, ALWAYS),
            store.read(9, ALWAYS),
            store.read_all([1], ALWAYS),
            store.read_all([], ALWAYS),
        ):
            types = [column.dtype for column in (found.series, found.time, found.good, found.total, found.value)]
            assert types == [np.int32, np.int64, np.int64, np.int64, np.float64]

    def test_counts_are_exact_beyond_floats(self, store: PointStore) -> None:
        """2^53 + 1 has no float64; counts must never pass through one."""
        store.append(rows((2**31 - 1, 0, 2**53 + 1, 2**62 + 1)), known_at=1)
        assert listed(store.read(2**31 - 1, ALWAYS)) == [(2**31 - 1, 0, 2**53 + 1, 2**62 + 1, None)]

    def test_nothing_happened_is_known(self, store: PointStore) -> None:
        """Total 0 is a row; it is not the same as no row."""
        store.append(rows((1, 0, 0, 0)), known_at=1)
        assert listed(store.read(1, ALWAYS)) == [(1, 0, 0, 0, None)]

    def test_read_all_orders_by_series_then_time_and_leaves_others_out(self, store: PointStore) -> None:
        """The order a ledger is filled in; several days at once."""
        store.append(rows((3, 1500, 1, 1), (2, 0, 1, 1), (1, 1500, 1, 1), (1, 0, 1, 1), (4, 0, 1, 1)), known_at=1)
        store.append(rows((2, 0, 0, 1)), known_at=2)
        assert listed(store.read_all([3, 1, 2], ALWAYS)) == [
            (1, 0, 1, 1, None),
            (1, 1500, 1, 1, None),
            (2, 0, 0, 1, None),
            (3, 1500, 1, 1, None),
        ]

    def test_the_extent_reaches_just_after_the_last_slice(self, store: PointStore) -> None:
        """From the first slice's start to one second after the last one's."""
        store.append(rows((1, 5, 1, 1), (1, 2, 1, 1), (7, 3, 1, 1)), known_at=1)
        store.compact(DAY)
        store.append(rows((7, 9, 1, 1)), known_at=1)
        assert store.extent() == {
            1: Span(START + 120, START + 301),
            7: Span(START + 180, START + 541),
        }

    # which version counts

    @pytest.mark.parametrize("compacted", [False, True], ids=["recent", "compacted"])
    def test_the_newest_version_is_the_greatest_fence_then_seq(self, store: PointStore, compacted: bool) -> None:
        """A writer that lost its lease cannot overwrite what the new owner wrote, however late it arrives."""
        store.append(rows((1, 0, 1, 9), (1, 1, 1, 9)), known_at=50, fence=1)
        store.append(rows((1, 0, 2, 9), (1, 1, 2, 9)), known_at=50, fence=2)
        store.append(rows((1, 0, 3, 9)), known_at=90, fence=1)
        store.append(rows((1, 1, 4, 9)), known_at=10, fence=2)
        if compacted:
            store.compact(DAY)
        assert listed(store.read(1, ALWAYS)) == [(1, 0, 2, 9, None), (1, 1, 4, 9, None)]
        assert listed(store.read_all([1], ALWAYS)) == [(1, 0, 2, 9, None), (1, 1, 4, 9, None)]

    @pytest.mark.parametrize("compacted", [False, True], ids=["recent", "compacted"])
    def test_a_newer_row_without_value_hides_the_older_value(self, store: PointStore, compacted: bool) -> None:
        """Databases like to skip NULL when they look for the newest; that would bring the past back."""
        store.append(rows((1, 0, 1, 1, 0.25)), known_at=1)
        store.append(rows((1, 0, 0, 1)), known_at=2)
        if compacted:
            store.compact(DAY)
        assert listed(store.read(1, ALWAYS)) == [(1, 0, 0, 1, None)]

    def test_the_last_of_several_rows_for_one_slice_counts(self, store: PointStore) -> None:
        """Inside one append too; the others are not kept, and not counted."""
        assert store.append(rows((1, 0, 1, 9), (2, 0, 5, 9), (1, 0, 2, 9)), known_at=1).rows == 2
        assert listed(store.read(1, ALWAYS)) == [(1, 0, 2, 9, None)]

    @pytest.mark.parametrize("compacted", [False, True], ids=["recent", "compacted"])
    def test_the_past_is_read_as_it_was_known(self, store: PointStore, compacted: bool) -> None:
        """As known at T: the newest of the versions known at or before T, to the microsecond."""
        store.append(rows((1, 0, 1, 9), (1, 1, 1, 9)), known_at=1_000_000)
        store.append(rows((1, 0, 2, 9)), known_at=2_000_000)
        if compacted:
            store.compact(DAY)
        store.append(rows((1, 0, 3, 9)), known_at=3_000_000)
        if compacted:
            store.compact(DAY)
        seen = {moment: listed(store.read(1, ALWAYS, as_known_at=moment)) for moment in (999_999, 1_000_000, 2_999_999)}
        assert seen == {
            999_999: [],
            1_000_000: [(1, 0, 1, 9, None), (1, 1, 1, 9, None)],
            2_999_999: [(1, 0, 2, 9, None), (1, 1, 1, 9, None)],
        }

    # appends

    def test_columns_of_unequal_length_are_refused(self, store: PointStore) -> None:
        """And nothing of them is kept."""
        good = rows((1, 0, 1, 1), (1, 1, 1, 1))
        with pytest.raises(Invalid):
            store.append(dataclasses.replace(good, total=good.total[:1]), known_at=1)
        assert listed(store.read(1, ALWAYS)) == []

    def test_sequence_numbers_grow_and_are_never_given_again(self, opener: Opener, folder: Path) -> None:
        """Also after a restart, and after everything was deleted."""
        with closing(opener(folder)) as store:
            first = store.append(rows((1, 0, 1, 1)), known_at=1).seq
            second = store.append(rows((1, 1, 1, 1)), known_at=2).seq
            store.retain(START + 86_400)
        with closing(opener(folder)) as store:
            third = store.append(rows((1, 2, 1, 1)), known_at=3).seq
        assert 0 < first < second < third

    def test_what_was_acknowledged_survives_a_restart(self, opener: Opener, folder: Path) -> None:
        """Rows, readings and keys."""
        with closing(opener(folder)) as store:
            store.append(rows((1, 0, 1, 2)), known_at=1, readings=[reading(1, 0, 1)], key=Key("k", "d"))
        with closing(opener(folder)) as store:
            assert listed(store.read(1, ALWAYS)) == [(1, 0, 1, 2, None)]
            assert store.last_readings() == {1: reading(1, 0, 1)}
            assert store.append(rows((1, 0, 1, 2)), known_at=2, key=Key("k", "d")).repeated

    def test_a_key_makes_an_append_happen_once(self, store: PointStore) -> None:
        """The same content again is acknowledged with the first answer; it adds nothing and announces nothing."""
        first = store.append(rows((1, 0, 1, 2), (1, 1, 1, 2)), known_at=1, key=Key("k", "same"))
        told: list[Change] = []
        store.follow(told.extend)
        again = store.append(rows((1, 0, 1, 2), (1, 1, 1, 2)), known_at=2, key=Key("k", "same"))
        assert (again.seq, again.rows, first.repeated, again.repeated) == (first.seq, 2, False, True)
        assert told == []
        assert len(store.changes(0)) == 1

    def test_a_key_used_for_other_content_is_a_conflict(self, store: PointStore) -> None:
        """Silently keeping either would be a lie to one of the senders."""
        store.append(rows((1, 0, 1, 2)), known_at=1, key=Key("k", "one"))
        with pytest.raises(Conflict):
            store.append(rows((1, 0, 2, 2)), known_at=2, key=Key("k", "other"))
        assert listed(store.read(1, ALWAYS)) == [(1, 0, 1, 2, None)]

    def test_many_threads_append_at_once(self, store: PointStore) -> None:
        """Every append has its own number, every row is there, and a refused neighbour harms nobody."""
        store.append(rows((0, 0, 0, 1)), known_at=1, key=Key("taken", "first"))
        seqs: list[int] = []
        refused: list[LeewayError] = []

        def work(series: int) -> None:
            seqs.extend(store.append(rows((series, minute, minute, 10)), known_at=1).seq for minute in range(10))
            try:
                store.append(rows((series, 99, 0, 1)), known_at=1, key=Key("taken", f"by {series}"))
            except Conflict as error:
                refused.append(error)

        threads = [threading.Thread(target=work, args=(series,)) for series in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(seqs)) == 80
        assert len(refused) == 8
        found = listed(store.read_all(range(1, 9), ALWAYS))
        assert found == [(series, minute, minute, 10, None) for series in range(1, 9) for minute in range(10)]

    def test_a_closed_store_takes_nothing(self, opener: Opener, folder: Path) -> None:
        """It says so instead of losing rows; closing twice is fine."""
        store = opener(folder)
        store.close()
        store.close()
        with pytest.raises(LeewayError):
            store.append(rows((1, 0, 1, 1)), known_at=1)

    # changes

    def test_followers_hear_every_append_in_order_and_can_read_it(self, store: PointStore) -> None:
        """One change for each series of an append, from its first to just after its last slice."""
        told: list[Change] = []
        read: list[int] = []

        def listen(changes: Iterable[Change]) -> None:
            told.extend(changes)
            read.append(len(store.read(1, ALWAYS)))

        stop = store.follow(listen)
        first = store.append(rows((1, 4, 1, 1), (1, 1, 1, 1), (2, 2, 1, 1)), known_at=1).seq
        second = store.append(rows((1, 0, 1, 1)), known_at=1).seq
        stop()
        store.append(rows((1, 9, 1, 1)), known_at=1)
        assert told == [
            Change(1, Span(START + 60, START + 241), first),
            Change(2, Span(START + 120, START + 121), first),
            Change(1, Span(START, START + 1), second),
        ]
        assert read == [2, 3]

    def test_changes_can_be_read_back_after_a_restart_and_a_compaction(self, opener: Opener, folder: Path) -> None:
        """A follower that was away asks from where it was; versions that were superseded count too."""
        with closing(opener(folder)) as store:
            first = store.append(rows((1, 0, 1, 1), (1, 3, 1, 1)), known_at=1).seq
            second = store.append(rows((1, 0, 0, 1), (2, 0, 1, 1)), known_at=2).seq
            store.compact(DAY)
        with closing(opener(folder)) as store:
            assert store.changes(0)[0] == Change(1, Span(START, START + 181), first)
            assert store.changes(first) == (
                Change(1, Span(START, START + 1), second),
                Change(2, Span(START, START + 1), second),
            )
            assert store.changes(second) == ()

    # readings

    def test_readings_keep_everything_and_come_newest_first(self, store: PointStore) -> None:
        """Whoever asks "where does this number come from?" gets the query, the range and the digest."""
        notes = ('a reset at 10:00, "quoted"', "é\nsecond line")
        given = [reading(1, 0, 5), reading(1, 5, 10, query="rate(x[1m])", notes=notes), reading(2, 0, 5)]
        store.append(rows((1, 0, 1, 1)), known_at=1, readings=given)
        assert store.readings(1, ALWAYS) == (given[1], given[0])
        assert store.readings(1, ALWAYS, limit=1) == (given[1],)
        assert store.readings(1, Span(START, START + 300)) == (given[0],)
        assert store.readings(3, ALWAYS) == ()

    def test_a_reading_without_rows_is_kept(self, store: PointStore) -> None:
        """An empty answer is an answer; it changes no slice, so nothing is announced."""
        told: list[Change] = []
        store.follow(told.extend)
        store.append(rows(), known_at=1, readings=[reading(1, 0, 5)])
        assert store.readings(1, ALWAYS) == (reading(1, 0, 5),)
        assert told == []

    def test_the_last_reading_is_the_one_that_ends_latest(self, store: PointStore) -> None:
        """A replay of old history, though it came later, is not the last reading."""
        store.append(rows(), known_at=1, readings=[reading(1, 5, 10), reading(2, 0, 1)])
        store.append(rows(), known_at=2, readings=[reading(1, 0, 5, query="replayed")])
        assert store.last_readings() == {1: reading(1, 5, 10), 2: reading(2, 0, 1)}

    # the roll-up

    def test_hours_are_replaced_pair_by_pair(self, store: PointStore) -> None:
        """A late row changes an hour that was judged before; the new sums stand, the other hours stay."""
        store.save_hours(tallies((1, 0, 1, 60, 60), (1, 1, 2, 60, 60), (2, 0, 3, 60, 60)))
        store.save_hours(tallies((1, 1, 9, 60, 59)))
        assert judged(store.hours([1, 2], ALWAYS)) == [(1, 0, 1, 60, 60), (2, 0, 3, 60, 60), (1, 1, 9, 60, 59)]
        assert judged(store.hours([2], ALWAYS)) == [(2, 0, 3, 60, 60)]

    def test_hours_belong_to_a_span_by_their_start(self, store: PointStore) -> None:
        """Half-open, like everything."""
        store.save_hours(tallies((1, 0, 1, 1, 1), (1, 1, 2, 1, 1), (1, 2, 3, 1, 1)))
        assert judged(store.hours([1], Span(START, START + 7200))) == [(1, 0, 1, 1, 1), (1, 1, 2, 1, 1)]
        assert judged(store.hours([1], Span(START + 1, START + 7201))) == [(1, 1, 2, 1, 1), (1, 2, 3, 1, 1)]

    def test_hours_of_objectives_that_nobody_follows_are_forgotten(self, store: PointStore) -> None:
        """The others keep theirs; keeping none is a reason to forget all."""
        store.save_hours(tallies((1, 0, 1, 1, 1), (2, 0, 2, 1, 1)))
        store.keep_hours([2, 3])
        assert judged(store.hours([1, 2], ALWAYS)) == [(2, 0, 2, 1, 1)]
        store.keep_hours([])
        assert judged(store.hours([1, 2], ALWAYS)) == []

    def test_the_mark_of_the_roll_up_is_kept(self, store: PointStore) -> None:
        """Nothing is marked at first."""
        assert store.hours_mark() == 0
        store.mark_hours(7)
        assert store.hours_mark() == 7

    # compaction and retention

    def test_compaction_changes_nothing_that_can_be_read(self, store: PointStore) -> None:
        """Twice is once, a day without rows is fine, and rows that come late are merged by the next one."""
        store.append(rows((1, 0, 1, 9), (2, 0, 2, 9), (1, 1440, 3, 9)), known_at=1)
        store.compact(DAY)
        store.compact(DAY)
        store.compact(DAY + 5)
        store.append(rows((1, 0, 4, 9), (1, 1, 5, 9)), known_at=2)
        before = listed(store.read(1, ALWAYS))
        store.compact(DAY)
        assert before == [(1, 0, 4, 9, None), (1, 1, 5, 9, None), (1, 1440, 3, 9, None)]
        assert listed(store.read(1, ALWAYS)) == before
        assert listed(store.read(1, ALWAYS, as_known_at=1)) == [(1, 0, 1, 9, None), (1, 1440, 3, 9, None)]

    @pytest.mark.parametrize("compacted", [False, True], ids=["recent", "compacted"])
    def test_retention_deletes_what_is_older_and_says_how_much(self, store: PointStore, compacted: bool) -> None:
        """Rows by their slice, readings by their end, keys by when they were used; older versions count as rows."""
        store.append(rows((1, 0, 1, 9), (1, 1440, 1, 9)), known_at=START * 1_000_000, readings=[reading(1, 0, 1)])
        store.append(rows((1, 0, 2, 9)), known_at=START * 1_000_000, key=Key("k", "old"))
        if compacted:
            store.compact(DAY)
        assert store.retain(START + 86_400) == 2
        assert listed(store.read(1, ALWAYS)) == [(1, 1440, 1, 9, None)]
        assert store.readings(1, ALWAYS) == ()
        assert not store.append(rows((1, 1441, 1, 1)), known_at=START * 1_000_000, key=Key("k", "new")).repeated

    def test_law_any_history_reads_as_the_plain_model_says(self, opener: Opener, tmp_path: Path) -> None:
        """Random appends with fences and known times out of order, compactions, retentions and restarts."""
        check_law(opener, tmp_path / "law")
