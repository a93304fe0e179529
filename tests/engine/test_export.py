"""What is exported is read back as what is kept: to the quantum, the float and the bucket."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.histogram import Classic, Histogram, pack
from leeway.core.objective import DAY_S
from leeway.core.quality import COUNT_SCALE, RATIO_SCALE, Kind, Measured, as_points
from leeway.engine.catalog import Feed
from leeway.engine.export import HEADER, PART_S, export
from leeway.formats.points import Owner, Table, read_csv
from leeway.ports.kit.memory_points import MemoryPoints
from leeway.ports.points import Rows
from leeway.ports.state import Series

START = 1_790_000_040
QUANTA = st.integers(0, 2**51) | st.integers(0, 2**53 // COUNT_SCALE).map(lambda events: events * COUNT_SCALE)
"""Beyond two billion events of one step a float no longer tells millionths of one apart."""


def feed(kind: Kind, scale: int, objective: str = "", number: int = 1) -> Feed:
    return Feed(Series(number, "bar", objective, "digest", scale, 0.0), kind, (), None)


def kept(*parts: Rows) -> MemoryPoints:
    """A store that holds these."""
    store = MemoryPoints()
    for part in parts:
        store.append(part, known_at=0)
    return store


def rows(good, total, value=None, sketch=None, number=1, step_s=60) -> Rows:
    count = len(total)
    time = START + step_s * np.arange(count, dtype=np.int64)
    said = np.full(count, np.nan) if value is None else np.array(value, float)
    told = [np.array(column, np.int64) for column in (good, total)]
    return Rows(np.full(count, number, np.int32), time, *told, said, sketch)


def table(store, *feeds, start=None, end=None) -> Table:
    return read_csv(io.BytesIO(b"".join(export(feeds, store, start, end))), "export")


@given(pairs=st.lists(st.tuples(QUANTA, QUANTA), min_size=1, max_size=8))
def test_counts_come_back_to_the_quantum(pairs) -> None:
    """Whole events, millionths of one, and the largest that a step can hold."""
    good, total = [min(pair) for pair in pairs], [max(pair) for pair in pairs]
    found = table(kept(rows(good, total)), feed(Kind.COUNTS, COUNT_SCALE))
    measured = Measured(found.time, found.good, None, found.total)
    back = as_points(Kind.COUNTS, measured, np.arange(len(pairs)), scale=COUNT_SCALE)
    assert (back.good.tolist(), back.total.tolist()) == (good, total)


@pytest.mark.parametrize("kind", [Kind.SUCCESS_RATIO, Kind.FAILURE_RATIO])
@given(goods=st.lists(st.integers(0, RATIO_SCALE), min_size=1, max_size=8))
def test_ratios_come_back_to_the_quantum(kind, goods) -> None:
    """A share of failures stays one."""
    found = table(kept(rows(goods, [RATIO_SCALE] * len(goods))), feed(kind, RATIO_SCALE))
    measured = Measured(found.time, value=found.value)
    assert as_points(kind, measured, np.arange(len(goods)), scale=RATIO_SCALE).good.tolist() == goods


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_values_come_back_to_the_last_digit(values) -> None:
    """Whatever their size."""
    ones = [1] * len(values)
    found = table(kept(rows([0] * len(values), ones, values)), feed(Kind.VALUE, 1))
    assert found.value is not None
    assert found.value.tolist() == values


def test_histograms_come_back_beside_values() -> None:
    """A row has one of them."""
    seen = Histogram(Classic((0.1, 0.25, 0.5)), (600, 250, 100, 50))
    sketch = np.array([None, pack(seen)], object)
    found = table(kept(rows([0, 0], [1, 1_000], [0.3, np.nan], sketch)), feed(Kind.VALUE, 1))
    assert found.histogram is not None
    assert found.histogram.tolist() == [None, seen]
    np.testing.assert_array_equal(found.value, [0.3, np.nan])


def test_a_long_past_is_read_in_parts_and_none_is_lost() -> None:
    """Three weeks of hours; a part of it by its first and last time."""
    store = kept(rows([9] * 504, [10] * 504, step_s=3_600))
    parts = list(export([feed(Kind.COUNTS, 1)], store, None, None))
    assert (parts[0], len(parts)) == (HEADER, 1 + 3)
    assert PART_S == 7 * DAY_S
    found = table(store, feed(Kind.COUNTS, 1))
    assert found.time.tolist() == list(range(START, START + 504 * 3_600, 3_600))
    some = table(store, feed(Kind.COUNTS, 1), start=START + 3_600, end=START + 3 * 3_600)
    assert some.time.tolist() == [START + 3_600, START + 7_200]


def test_objectives_of_their_own_are_told_apart_and_odd_names_are_quoted() -> None:
    """One series after the other; one without points is absent."""
    store = kept(rows([1], [1], number=1), rows([1], [1], number=2))
    feeds = [feed(Kind.COUNTS, 1, name, number) for number, name in enumerate(['fast, "mostly"', "slow", "none"], 1)]
    found = table(store, *feeds)
    assert found.owners == (Owner("bar", 'fast, "mostly"'), Owner("bar", "slow"))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a", "'=x", "\t=1"])
def test_a_name_that_looks_like_a_formula_comes_back_and_is_none_on_the_way(name) -> None:
    """A spreadsheet that opens the table runs nothing; numbers stay numbers."""
    store, own = kept(rows([1], [2])), feed(Kind.COUNTS, 1, name)
    text = b"".join(export([own], store, None, None)).decode()
    [line] = list(csv.reader(io.StringIO(text)))[1:]
    assert line[2] == f"'{name}"
    assert line[3:5] == ["1", "2"]
    assert table(store, own).owners == (Owner("bar", name),)
