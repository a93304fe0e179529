"""What a PointStore promises of rows as they were received; runs beside `points_suite`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leeway.core.window import Span
from leeway.ports.kit.points_suite import ALWAYS, DAY, START, rows
from leeway.ports.points import PointStore

Opener = Callable[[Path], PointStore]


def told(store: PointStore, span: Span = ALWAYS) -> list[tuple[int, int, int, bool]]:
    """Minute, good, known at, and whether it stands, of series 1, in the order given."""
    found = store.received(1, span)
    columns = ((found.time - START) // 60, found.good, found.known_at, found.stands)
    return list(zip(*(column.tolist() for column in columns), strict=True))


class ReceivedSuite:
    """Every version is told, in the order of arrival, and which of them stands."""

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> Iterator[PointStore]:
        """An empty store, closed afterwards."""
        with closing(opener(tmp_path / "data")) as store:
            yield store

    def test_rows_come_as_they_were_received_also_those_that_were_corrected(self, store: PointStore) -> None:
        """With when each was known; of other series and times, nothing."""
        store.append(rows((1, 5, 10, 20), (1, 3, 11, 20), (2, 5, 99, 99)), known_at=100)
        store.append(rows((1, 5, 12, 20)), known_at=200)
        store.append(rows((1, 4, 13, 20)), known_at=300)
        assert told(store) == [(3, 11, 100, True), (5, 10, 100, False), (5, 12, 200, True), (4, 13, 300, True)]
        assert told(store, Span(START + 180, START + 300)) == [(3, 11, 100, True), (4, 13, 300, True)]
        assert len(store.received(3, ALWAYS)) == 0

    def test_the_version_that_stands_is_that_of_the_greatest_fence(self, store: PointStore) -> None:
        """A late word of an older writer does not stand."""
        store.append(rows((1, 5, 10, 20)), known_at=100, fence=2)
        store.append(rows((1, 5, 12, 20)), known_at=200, fence=1)
        assert told(store) == [(5, 10, 100, True), (5, 12, 200, False)]

    def test_what_was_compacted_is_told_as_before(self, store: PointStore) -> None:
        """And what came for the day since."""
        store.append(rows((1, 5, 10, 20)), known_at=100)
        store.append(rows((1, 5, 12, 20)), known_at=200)
        before = told(store)
        store.compact(DAY)
        assert told(store) == before
        store.append(rows((1, 5, 13, 20)), known_at=300)
        assert told(store) == [(5, 10, 100, False), (5, 12, 200, False), (5, 13, 300, True)]
