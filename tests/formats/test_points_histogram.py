"""Histograms in a table of points: written as buckets or as bytes, they are read back as what they were."""

from __future__ import annotations

import io

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.histogram import Classic, Exponential, Histogram
from leeway.core.histogram.ladder import Ladder
from leeway.formats.points import Table, read_csv, write_histogram
from leeway.formats.points.histogram import parse_histogram
from leeway.formats.points.read_parquet import read_parquet

EDGES = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=6, unique=True).map(sorted)
COUNTS = st.integers(0, 2**49)
"""A sum of eight is still exact as a float, as the sums of buckets are given."""


@st.composite
def classics(draw) -> Histogram:
    shape = Classic(tuple(draw(EDGES)))
    return Histogram(shape, tuple(draw(st.lists(COUNTS, min_size=len(shape), max_size=len(shape)))))


@st.composite
def exponentials(draw) -> Histogram:
    first = draw(st.integers(-5, 5))
    shape = Exponential(draw(st.integers(-2, 4)), Ladder(range(0), 0.0, range(first, first + draw(st.integers(0, 4)))))
    return Histogram(shape, tuple(draw(st.lists(COUNTS, min_size=len(shape), max_size=len(shape)))))


@given(classics() | exponentials())
def test_a_histogram_is_read_as_it_was_written(histogram) -> None:
    """Chosen edges as people write them, to the last digit; other kinds as bytes."""
    assert parse_histogram(write_histogram(histogram)) == histogram


@pytest.mark.parametrize(
    "text",
    [
        "0.1:600",
        "0.1 +Inf",
        "0.1:1.5 +Inf:2",
        "0.1:a +Inf:2",
        "a:1 +Inf:2",
        "nan:1 +Inf:2",
        "0.1:1 0.10:2 +Inf:3",
        "{0.1: 1}",
        "base64:",
        "base64:AAAA",
        "base64:!!",
        "base64:" + "AQ" * 40,
    ],
)
def test_what_is_no_histogram_is_none(text) -> None:
    """Without a total, without counts, or bytes of nobody."""
    with pytest.raises(ValueError, match="no histogram: write the counts"):
        parse_histogram(text)


TEXTS = ["", " ", "0.1:6 +Inf:10", " 0.1:6   +Inf:10 ", "+Inf:7", "0.1:6", "früh", "0.1:9 0.5:3 +Inf:10"]


@given(st.lists(st.sampled_from(TEXTS), max_size=9))
def test_many_lines_at_once_and_parquet_say_what_each_line_says_alone(tmp_path_factory, texts) -> None:
    """Histograms, and what is set aside with its column."""
    text = "".join(f"{60 * n},bar,,{said}\n" for n, said in enumerate(texts, 1))
    quick = table("time,slo,value,histogram\n" + text)
    alone = table("time,slo,value,histogram\n" + text + '"\n"\n')
    path = str(tmp_path_factory.mktemp("law") / "points.parquet")
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t (time BIGINT, slo VARCHAR, histogram VARCHAR)")
        for n, said in enumerate(texts, 1):
            database.execute("INSERT INTO t VALUES (?, 'bar', ?)", [60 * n, said or None])
        database.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    stored = read_parquet(path, "points.parquet")
    assert told(quick) == told(alone) == told(stored)
    assert {(one.line - 1, one.column) for one in quick.refused} == {(one.line, one.column) for one in stored.refused}
    assert set(quick.refused) == set(alone.refused)


def table(text: str) -> Table:
    return read_csv(io.BytesIO(text.encode()), "points.csv")


def told(found: Table) -> list[tuple[int, Histogram | None]]:
    """Each row's time and histogram."""
    held = [None] * len(found) if found.histogram is None else found.histogram.tolist()
    return list(zip(found.time.tolist(), held, strict=True))
