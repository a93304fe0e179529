"""Tables of points as Parquet: they say what a CSV of the same columns says, or are refused with the column."""

from __future__ import annotations

import io
from importlib import import_module

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leeway.errors import Invalid
from leeway.formats.points import Owner, Table, read_csv
from leeway.formats.points.read_parquet import read_parquet

reading = import_module("leeway.formats.points.read_parquet")

START = 1_767_297_600
ROW = f"SELECT {START} AS time, 'bar' AS slo, 9 AS good, 10 AS total"
NUMBER = st.none() | st.integers(-3, 10**9)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(START - 5, START + 5) | st.just(START * 1_000),
        st.sampled_from(["bar", " bar ", "foo", "früh", ""]),
        st.sampled_from([None, "", "main", "main "]),
        NUMBER,
        NUMBER,
    ),
    max_size=9,
)


def written(path, query: str) -> str:
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"COPY ({query}) TO '{str(path).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
    return str(path)


def by_owner(found: Table) -> dict[Owner, list[tuple[str, ...]]]:
    """Each owner's rows, to the last digit; owners that have none are left out."""
    columns = [found.time, *(one for one in (found.good, found.bad, found.total) if one is not None)]
    return {
        owner: [tuple(map(repr, row)) for row in zip(*(one[rows].tolist() for one in columns), strict=True)]
        for place, owner in enumerate(found.owners)
        if len(found.time[rows := found.rows(place)])
    }


@settings(max_examples=40)  # each writes a file
@given(rows=ROWS, part=st.integers(1, 4))
def test_a_parquet_file_says_what_a_csv_of_the_same_rows_says(tmp_path_factory, rows, part) -> None:
    """Rows, owners, and what is set aside with its column, however many rows are taken at once."""
    path = str(tmp_path_factory.mktemp("law") / "points.parquet")
    with duckdb.connect() as database:
        database.execute("CREATE TABLE t (time BIGINT, slo VARCHAR, objective VARCHAR, bad INTEGER, total DOUBLE)")
        for row in rows:
            database.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", row)
        database.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    lines = (",".join("" if each is None else str(each) for each in row) for row in rows)
    text = "\n".join(["time,slo,objective,bad,total", *lines])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "PART", part)
        found = read_parquet(path, "points.parquet")
    same = read_csv(io.BytesIO(text.encode()), "points.csv")
    assert by_owner(found) == by_owner(same)
    blank = {number for number, row in enumerate(rows, 1) if not any(str(one or "").strip() for one in row)}
    assert {(one.line, one.column) for one in found.refused if one.line not in blank} == {
        (one.line - 1, one.column) for one in same.refused
    }


@pytest.mark.parametrize(
    "time",
    [
        f"{START}::UINTEGER",
        f"{START}::DOUBLE",
        f"{START}::DECIMAL(18, 3)",
        "TIMESTAMPTZ '2026-01-01 21:00:00+01'",
        "TIMESTAMPTZ '2026-01-01 21:00:00+01'::TIMESTAMPTZ_NS",
    ],
)
@pytest.mark.parametrize("number", ["UTINYINT", "HUGEINT", "FLOAT", "DECIMAL(9, 2)"])
def test_times_and_numbers_of_any_width_mean_the_same(tmp_path, time, number) -> None:
    """Epoch seconds or a moment with a zone; whole numbers, floats, decimals."""
    query = f"SELECT {time} AS time, 'bar' AS slo, 9::{number} AS good, 10::{number} AS total"
    found = read_parquet(written(tmp_path / "points.parquet", query), "points.parquet")
    assert (found.owners, found.time.tolist()) == ((Owner("bar"),), [START])
    assert found.good is not None
    assert found.total is not None
    assert (found.good.tolist(), found.total.tolist()) == ([9], [10])


def test_names_that_repeat_are_read_from_their_dictionary(tmp_path) -> None:
    """As programs write columns of few words."""
    query = f"SELECT {START} + 60 * i AS time, 'slo-' || i % 3 AS slo, i AS value FROM range(30000) t(i)"
    found = read_parquet(written(tmp_path / "points.parquet", query), "points.parquet")
    assert sorted(found.owners) == [Owner("slo-0"), Owner("slo-1"), Owner("slo-2")]
    assert found.value is not None
    for place, owner in enumerate(found.owners):
        assert set((found.value[found.rows(place)] % 3).tolist()) == {int(owner.slo[-1])}


def test_a_row_is_counted_from_1_and_told_with_its_column(tmp_path) -> None:
    """A time between two seconds, none, and one in milliseconds."""
    query = f"SELECT unnest([{START}.0, {START}.5, NULL, {START}000]) AS time, 'bar' AS slo, 1 AS value"
    found = read_parquet(written(tmp_path / "points.parquet", query), "points.parquet")
    assert [(one.line, one.column) for one in found.refused] == [(2, "time"), (3, "time"), (4, "time")]
    assert ["is no time" in found.refused[0].message, "milliseconds" in found.refused[2].message] == [True, True]


@pytest.mark.parametrize(
    ("query", "place", "message"),
    [
        (f"SELECT {START} AS time, 'bar' AS slo, 9 AS good", "x", "write time,slo,good,total"),
        (f"SELECT {START} AS time, 'bar' AS slo, 9 AS gut, 10 AS total", "x", "unknown column 'gut'"),
        (ROW.replace(f"{START}", "DATE '2026-01-01'"), "x: time", "holds DATE — write timestamps with a zone"),
        (ROW.replace(f"{START}", "TIMESTAMP '2026-01-01'"), "x: time", "holds TIMESTAMP — write timestamps with"),
        (ROW.replace(f"{START}", "'2026-01-01T00:00:00Z'"), "x: time", "holds VARCHAR"),
        (ROW.replace("'bar'", "7"), "x: slo", "holds INTEGER — write a column of text"),
        (ROW.replace("9 AS", "'9' AS"), "x: good", "holds VARCHAR — write a column of numbers"),
        (ROW.replace("9 AS", "[9] AS"), "x: good", r"holds INTEGER\[\]"),
        (ROW.replace("9 AS", "true AS"), "x: good", "holds BOOLEAN"),
    ],
)
def test_a_file_of_other_columns_is_refused_with_the_one_at_fault(tmp_path, query, place, message) -> None:
    """And says what to write instead."""
    with pytest.raises(Invalid, match=message) as refused:
        read_parquet(written(tmp_path / "points.parquet", query), "x")
    assert refused.value.place == place


@pytest.mark.parametrize("keep", [4, 60, -1])
def test_half_a_file_is_refused_by_the_name_it_was_given(tmp_path, keep) -> None:
    """Whatever is missing of it."""
    whole = tmp_path / "whole.parquet"
    written(whole, ROW)
    half = tmp_path / "half.parquet"
    half.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(Invalid, match="cannot be read as Parquet") as refused:
        read_parquet(str(half), "mine.parquet")
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("name", ["a*.parquet", "a[1].parquet", "a?.parquet", "it's.parquet"])
def test_a_name_is_no_pattern(tmp_path, name) -> None:
    """A file is read, and none that is called alike."""
    written(tmp_path / "aa.parquet", ROW)
    written(tmp_path / "a1.parquet", ROW)
    found = read_parquet(written(tmp_path / name, f"{ROW} UNION ALL {ROW}"), name)
    assert len(found) == 2


def test_a_file_without_rows_is_an_empty_table(tmp_path) -> None:
    """As a CSV of a header alone."""
    found = read_parquet(written(tmp_path / "points.parquet", f"{ROW} WHERE false"), "points.parquet")
    assert (len(found), found.owners) == (0, ())
    np.testing.assert_array_equal(found.bounds, [0])
