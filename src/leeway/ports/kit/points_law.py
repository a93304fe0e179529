"""A law for every PointStore: whatever is done to it, it reads as a plain list of versions would."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import hypothesis
import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from leeway.core.window import Span
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import PointStore, Rows

DAY = 20_000
START = DAY * 86_400

_series = st.integers(1, 3)
_time = st.builds(lambda day, slot: START + day * 86_400 + slot * 43_200, st.integers(0, 2), st.integers(0, 1))
_value = st.one_of(st.just(float("nan")), st.floats(-1e9, 1e9))
_sketch = st.none() | st.binary(min_size=1, max_size=300)
_row = st.tuples(_series, _time, st.integers(0, 2**40), st.integers(0, 2**40), _value, _sketch)
_rows = st.lists(_row, max_size=6)
_Row = tuple[int, int, int, int, float, bytes | None]
_moment = st.integers(0, 9)


def _same(one: Rows, other: Rows) -> None:
    for column in ("series", "time", "good", "total", "value"):
        np.testing.assert_array_equal(getattr(one, column), getattr(other, column), err_msg=column)
    sketches = [[] if each.sketch is None else each.sketch.tolist() for each in (one, other)]
    assert sketches[0] == sketches[1], "sketch"


def check_law(opener: Callable[[Path], PointStore], folder: Path) -> None:
    """Raises AssertionError with the shortest history that breaks the law."""
    numbers = itertools.count()

    class History(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.place = folder / str(next(numbers))
            self.store = opener(self.place)
            self.model = MemoryPoints()
            self.retained = False

        @rule(given=_rows, known_at=_moment, fence=st.integers(0, 2))
        def append(self, given: list[_Row], known_at: int, fence: int) -> None:
            rows = Rows(
                np.array([each[0] for each in given], np.int32),
                np.array([each[1] for each in given], np.int64),
                np.array([each[2] for each in given], np.int64),
                np.array([each[3] for each in given], np.int64),
                np.array([each[4] for each in given], np.float64),
                np.array([*(each[5] for each in given), None], object)[:-1],
            )
            ours = self.store.append(rows, known_at=known_at, fence=fence)
            assert ours.rows == self.model.append(rows, known_at=known_at, fence=fence).rows

        @rule(day=st.integers(0, 2))
        def compact(self, day: int) -> None:
            self.store.compact(DAY + day)

        @rule(before=_time)
        def retain(self, before: int) -> None:
            self.retained = True
            assert self.store.retain(before) == self.model.retain(before)

        @rule()
        def restart(self) -> None:
            self.store.close()
            self.store = opener(self.place)

        @rule(series=_series, start=_time, length=st.integers(0, 3 * 86_400), as_known_at=st.none() | _moment)
        def read(self, series: int, start: int, length: int, as_known_at: int | None) -> None:
            span = Span(start, start + length)
            _same(
                self.store.read(series, span, as_known_at=as_known_at),
                self.model.read(series, span, as_known_at=as_known_at),
            )

        @invariant()
        def everything_is_there(self) -> None:
            everything = Span(START, START + 3 * 86_400)
            _same(self.store.read_all([1, 2, 3], everything), self.model.read_all([1, 2, 3], everything))
            assert self.store.extent() == self.model.extent()
            if not self.retained:  # how much of a deleted change is still told is the store's choice
                ours = [(each.series, each.span) for each in self.store.changes(0)]
                assert ours == [(each.series, each.span) for each in self.model.changes(0)]

        def teardown(self) -> None:
            self.store.close()

    profile = hypothesis.settings.default
    examples = max(1, (profile.max_examples if profile else 100) // 8)
    settings = hypothesis.settings(max_examples=examples, stateful_step_count=20, deadline=None)
    run_state_machine_as_test(History, settings=settings)
