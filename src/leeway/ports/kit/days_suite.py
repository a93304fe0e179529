"""What a PointStore promises of finished days and of changes to them; runs beside `points_suite`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from leeway.core.ledger.grid import MINUTES
from leeway.core.window import Span
from leeway.ports.kit.points_suite import DAY, START, rows
from leeway.ports.points import Change, Minutes, PointStore

Opener = Callable[[Path], PointStore]

Told = list[tuple[tuple[int, ...], list[tuple[str, bytes]]]]


def minutes(*objectives: int, seed: int = 0, doubt: bool = False) -> Minutes:
    """Sums of these objectives that no other seed has."""
    dice = np.random.default_rng((seed, *objectives))
    types = (np.int64, np.int64, np.uint16, *((np.int64,) if doubt else ()))
    shape = MINUTES, len(objectives)
    return Minutes(objectives, tuple(dice.integers(0, 2**16, shape).astype(each) for each in types))


def told(*parts: Minutes) -> Told:
    """Objectives, types and bytes, to be compared."""
    return [(part.objectives, [(sums.dtype.str, sums.tobytes()) for sums in part.sums]) for part in parts]


class DaysSuite:
    """Whatever is given back is what was kept last; a store may give nothing at all."""

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> Iterator[PointStore]:
        """An empty store, closed afterwards."""
        store = opener(tmp_path / "days")
        yield store
        store.close()

    def test_finished_days_come_back_as_they_were_or_not_at_all(self, opener: Opener, tmp_path: Path) -> None:
        """To the bit, with their types, also after a restart; only parts with what was asked for."""
        parts = minutes(1, 2), minutes(7, doubt=True)
        with closing(opener(tmp_path / "kept")) as store:
            store.keep_minutes({DAY: parts, DAY + 1: ()})
            assert told(*store.kept_minutes(DAY, [2, 7])) in (told(*parts), [])
        with closing(opener(tmp_path / "kept")) as store:
            assert told(*store.kept_minutes(DAY, [1, 2, 7, 8])) in (told(*parts), [])
            assert told(*store.kept_minutes(DAY, [7])) in (told(parts[1]), [])
            assert told(*store.kept_minutes(DAY, [3])) == []
            assert told(*store.kept_minutes(DAY + 1, [1])) == []

    def test_what_is_kept_takes_the_place_of_all_that_was(self, store: PointStore) -> None:
        """Other sums of a day, the day without some objectives, and days that are not kept any more."""
        store.keep_minutes({DAY: (minutes(1, 2),), DAY + 1: (minutes(1),)})
        store.keep_minutes({DAY: (minutes(2, seed=1),)})
        assert told(*store.kept_minutes(DAY, [1, 2])) in (told(minutes(2, seed=1)), [])
        assert told(*store.kept_minutes(DAY + 1, [1])) == []

    def test_what_goes_on_after_it_was_kept_changes_nothing_of_it(self, store: PointStore) -> None:
        """Ledgers keep days of which they are the owners."""
        part = minutes(1)
        before = told(part)
        store.keep_minutes({DAY: (part,)})
        part.sums[0][:] += 1
        assert told(*store.kept_minutes(DAY, [1])) in (before, [])

    def test_changes_of_the_days_before_are_told_without_those_of_today(self, store: PointStore) -> None:
        """A change that reaches into today ends with the last slice before it; compacted or superseded is no matter."""
        first = store.append(rows((1, 0, 1, 1), (1, 1440, 1, 1), (2, 1441, 1, 1)), known_at=1).seq
        second = store.append(rows((1, 0, 0, 1)), known_at=2).seq
        expected = (Change(1, Span(START, START + 1), first), Change(1, Span(START, START + 1), second))
        assert store.changes(0, before=START + 86_400) == expected
        store.compact(DAY)
        assert store.changes(0, before=START + 86_400) == expected
        assert store.changes(first, before=START + 86_400) == expected[1:]
        assert store.changes(0, before=START) == ()
