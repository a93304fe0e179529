"""What a PointStore promises of histograms and of what they leave in doubt; runs beside `points_suite`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leeway.core.window import Span
from leeway.errors import Invalid
from leeway.ports.kit.points_suite import ALWAYS, DAY, START, rows, tallies
from leeway.ports.points import PointStore, Rows, Tallies

Opener = Callable[[Path], PointStore]

NAN = float("nan")
PACKED = bytes(range(256))


def sketched(found: Rows, *sketches: bytes | None) -> Rows:
    """The rows with these sketches."""
    return replace(found, sketch=np.array([*sketches, None], object)[:-1])


def told(found: Rows) -> list[bytes | None] | None:
    """The sketches in the order of the rows; None where no row has one."""
    return None if found.sketch is None else found.sketch.tolist()


class SketchSuite:
    """Sketches are as durable as their rows, and are theirs alone."""

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> Iterator[PointStore]:
        """An empty store, closed afterwards."""
        store = opener(tmp_path / "sketches")
        yield store
        store.close()

    @pytest.mark.parametrize("compacted", [False, True], ids=["recent", "compacted"])
    def test_a_sketch_comes_back_with_its_row(self, store: PointStore, compacted: bool) -> None:
        """To the byte, beside rows without one; a span without any has no column of them."""
        store.append(sketched(rows((1, 0, 0, 9, NAN), (1, 1, 0, 1, 0.5), (2, 0, 1, 2)), PACKED, None, None), known_at=1)
        if compacted:
            store.compact(DAY)
        assert told(store.read(1, ALWAYS)) == [PACKED, None]
        assert told(store.read_all([1, 2], ALWAYS)) == [PACKED, None, None]
        assert told(store.read(2, ALWAYS)) is None
        assert told(store.read_all([1, 2], Span(START + 60, START + 120))) is None

    @pytest.mark.parametrize("compacted", [False, True], ids=["recent", "compacted"])
    def test_a_sketch_belongs_to_its_version(self, store: PointStore, compacted: bool) -> None:
        """A newer row without one hides it, a newer one with another replaces it, and the past has the old one."""
        store.append(sketched(rows((1, 0, 0, 9, NAN), (1, 1, 0, 9, NAN)), b"old", b"old"), known_at=1)
        store.append(sketched(rows((1, 0, 0, 1, 0.5), (1, 1, 0, 8, NAN)), None, b"new"), known_at=2)
        if compacted:
            store.compact(DAY)
        assert told(store.read(1, ALWAYS)) == [None, b"new"]
        assert told(store.read_all([1], ALWAYS)) == [None, b"new"]
        assert told(store.read(1, ALWAYS, as_known_at=1)) == [b"old", b"old"]

    def test_recent_and_older_rows_are_read_together(self, store: PointStore) -> None:
        """Rows of a compacted day and of today, each with its own."""
        store.append(sketched(rows((1, 0, 0, 9, NAN)), b"before"), known_at=1)
        store.compact(DAY)
        store.append(sketched(rows((1, 1, 0, 9, NAN), (2, 0, 1, 1)), b"now", None), known_at=2)
        assert told(store.read_all([1, 2], ALWAYS)) == [b"before", b"now", None]

    def test_as_many_sketches_as_rows(self, store: PointStore) -> None:
        """Else nobody could say whose they are."""
        with pytest.raises(Invalid, match="length"):
            store.append(sketched(rows((1, 0, 0, 9, NAN)), b"one", b"two"), known_at=1)

    def test_hours_keep_their_doubt(self, store: PointStore) -> None:
        """Replaced pair by pair like the rest; where all is exact there is no column of it."""
        exact = tallies((1, 0, 1, 9, 60), (2, 0, 1, 9, 60))
        store.save_hours(exact)
        assert store.hours([1, 2], ALWAYS).doubt is None
        store.save_hours(Tallies(exact.objective, exact.hour, exact.bad, exact.total, exact.covered, np.array([3, 0])))
        found = store.hours([1, 2], ALWAYS)
        assert found.doubt is not None
        assert (found.objective.tolist(), found.doubt.tolist()) == ([1, 2], [3, 0])
        store.save_hours(exact)
        assert store.hours([1, 2], ALWAYS).doubt is None
