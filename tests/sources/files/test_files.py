"""Files as a source: real files in real folders, asked as the engine asks."""

from __future__ import annotations

import asyncio
import hashlib
import math
import os

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.window import Span
from leeway.errors import Invalid, NotUnderstood, Permanent, Unreachable
from leeway.net import Outside
from leeway.ports.source import Ask, ComputedBy, Metric, Role
from leeway.sources.files import Settings, build
from leeway.sources.files.decode import per_step, read_csv
from leeway.sources.files.query import understand

T0 = 1_700_000_040
HOUR = Span(T0, T0 + 3600)
CSV = f"time,good,total\n{T0},9,10\n{T0 + 60},8,10\n"


class Clock:
    """Wall time that stands still; waiting is instant."""

    def now(self):
        return 1_700_009_999.0

    def monotonic(self):
        return 0.0

    async def sleep(self, _seconds):
        return


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "data"
    root.mkdir()
    return root


def source(*roots, **settings):
    return build(Settings(**settings), Outside(Clock(), roots=roots))


def ask(*metrics, span=HOUR, step_s=60):
    return Ask(tuple(Metric(role, spec) for role, spec in metrics), span, step_s)


def read(root, *metrics, span=HOUR, step_s=60, **settings):
    return asyncio.run(source(root, **settings).read(ask(*metrics, span=span, step_s=step_s)))


def ratio(path="a.csv", **more):
    return (Role.GOOD, {"path": path, "column": "good", **more}), (
        Role.TOTAL,
        {"path": path, "column": "total", **more},
    )


def as_parquet(path, query):
    with duckdb.connect() as database:
        database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


def test_a_reading_holds_the_sums_of_each_step_and_where_they_come_from(folder):
    """Rows of one step are added up, steps without rows are absent, and the digest is that of the file."""
    (folder / "a.csv").write_text(CSV + f"{T0 + 90},1,2\n{T0 + 600},0,0\n{T0 - 1},7,7\n{T0 + 3600},7,7\n")
    reading = read(folder, *ratio())
    assert reading.time.tolist() == [T0, T0 + 60, T0 + 600]
    assert reading.columns[Role.GOOD].tolist() == [9, 9, 0]
    assert reading.columns[Role.TOTAL].tolist() == [10, 12, 0]
    told = reading.provenance
    assert told.digest == hashlib.sha256((folder / "a.csv").read_bytes()).hexdigest()
    assert told.query == "good = sum of good per step of time in a.csv; total = sum of total per step of time in a.csv"
    assert (told.source, told.samples, told.fetched_at) == ("files", 8, 1_700_009_999.0)
    assert (told.span, told.step_s, told.computed_by) == (HOUR, 60, ComputedBy.LEEWAY)


@given(st.lists(st.tuples(st.integers(-100, 4000), st.integers(0, 10**6), st.booleans())), st.sampled_from([60, 300]))
def test_sums_equal_the_naive_sum_in_any_order(rows, step_s):
    """For any rows the number of a step is the plain sum of its rows that match."""
    text = "time,n,ok\n" + "".join(f"{T0 + at},{n},{str(ok).lower()}\n" for at, n, ok in rows)
    wanted = understand(Metric(Role.GOOD, {"path": "x.csv", "column": "n", "where": {"ok": True}}))
    found = read_csv(text, wanted, HOUR)
    naive = {}
    for at, n, ok in rows:
        if ok and 0 <= at < 3600:
            naive[at // step_s] = naive.get(at // step_s, 0) + n
    columns = per_step(found, wanted, HOUR, step_s)
    assert {i: n for i, n in enumerate(columns.tolist()) if not math.isnan(n)} == naive


WORDS = {
    "as written": CSV,
    "byte order mark": "\ufeff" + CSV,
    "CRLF": CSV.replace("\n", "\r\n"),
    "no last line end": CSV.rstrip(),
    "blank lines": CSV.replace("\n", "\n\n"),
    "other columns": f'note,time,good,total\n"a ""b"",\n c",{T0},9,10\n,{T0 + 60},8,10\n',
    "RFC 3339": "time,good,total\n2023-11-14T22:14:00Z,9,10\n2023-11-14T23:15:00+01:00,8,10\n",
    "fractions": f"time,good,total\n{T0}.0,9.0,1e1\n{T0 + 60}.25,8,10.\n",
}


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_one_content_reads_the_same_however_it_was_saved(folder, text):
    """What editors and spreadsheets do to a file changes no number."""
    (folder / "a.csv").write_bytes(text.encode())
    reading = read(folder, *ratio())
    assert reading.time.tolist() == [T0, T0 + 60]
    assert reading.columns[Role.GOOD].tolist() == [9, 8]
    assert reading.columns[Role.TOTAL].tolist() == [10, 10]


@pytest.mark.parametrize(
    ("name", "text", "more"),
    [
        ("a.csv", CSV.replace(",", ";"), {"separator": ";"}),
        ("a.tsv", CSV.replace(",", "\t"), {}),
        ("a.log", CSV, {"format": "csv"}),
        ("a.csv", "time,good,total\n2023-11-14 22:14:00,9,10\n2023-11-14T22:15:00Z,8,10\n", {"zone": "UTC"}),
        ("a.csv", CSV.replace("time", "when"), {"time": "when"}),
    ],
)
def test_what_is_declared_is_understood(folder, name, text, more):
    """Separator, format, zone and the time's column are said, not guessed."""
    (folder / name).write_text(text)
    assert read(folder, *ratio(name, **more)).columns[Role.GOOD].tolist() == [9, 8]


def test_dates_alone_are_their_first_moment_when_they_are_said_to_be_utc(folder):
    """Daily figures of a business system have no time of day."""
    (folder / "a.csv").write_text("time,good,total\n2026-01-30,9,10\n2026-01-31,8,10\n")
    day = Span(1_769_817_600, 1_769_904_000)
    assert read(folder, *ratio(zone="UTC"), span=day, step_s=86_400).columns[Role.GOOD].tolist() == [8]


def test_each_row_can_be_an_event(folder):
    """A log with one line per order: `*` counts the rows that match."""
    rows = [(T0, "ok"), (T0 + 5, "late"), (T0 + 59, "ok"), (T0 + 61, "late")]
    (folder / "a.csv").write_text("time,state\n" + "".join(f"{at},{state}\n" for at, state in rows))
    good = {"path": "a.csv", "column": "*", "where": {"state": "ok"}}
    reading = read(folder, (Role.GOOD, good), (Role.TOTAL, {"path": "a.csv", "column": "*"}))
    assert reading.columns[Role.TOTAL].tolist() == [3, 1]
    np.testing.assert_array_equal(reading.columns[Role.GOOD], [2, np.nan])


def test_an_empty_cell_is_unknown_and_not_zero(folder):
    """A step whose cells are all empty (or NaN) has no number; an empty cell among others adds nothing."""
    (folder / "a.csv").write_text(f"time,good,total\n{T0},,10\n{T0 + 60},,\n{T0 + 120},1,1\n{T0 + 125},NaN,1\n")
    reading = read(folder, *ratio())
    assert reading.time.tolist() == [T0, T0 + 120]
    np.testing.assert_array_equal(reading.columns[Role.GOOD], [np.nan, 1])
    np.testing.assert_array_equal(reading.columns[Role.TOTAL], [10, 2])


def test_two_values_of_one_step_are_refused_and_not_averaged(folder):
    """The mean of two percentiles is nobody's percentile; both places are named."""
    (folder / "a.csv").write_text(f"time,region,p99\n{T0},eu,0.2\n{T0 + 60},eu,0.3\n{T0 + 30},us,0.9\n")
    spec = {"path": "a.csv", "column": "p99"}
    with pytest.raises(NotUnderstood, match="a second value") as refused:
        read(folder, (Role.VALUE, spec))
    assert refused.value.place == "a.csv:4:15"
    assert "a.csv:2:15" in refused.value.mend
    only_eu = read(folder, (Role.VALUE, {**spec, "where": {"region": "eu"}}))
    assert only_eu.columns[Role.VALUE].tolist() == [0.2, 0.3]


HEAD = "time,good,total\n"
BAD_CELLS = [
    (HEAD + f"{T0},9,ten\n", "a.csv:2:14", "'ten' is no number"),
    (HEAD + f'{T0},9,"1,5"\n', "a.csv:2:14", "write a decimal point"),
    (HEAD + f"{T0},none,1\n", "a.csv:2:12", "leave the cell empty"),
    (HEAD + f"{T0},inf,1\n", "a.csv:2:12", "is no number"),
    (HEAD + f"{T0},1_0,1\n", "a.csv:2:12", "is no number"),
    (HEAD + f"{T0},9,1e999\n", "a.csv:2:14", "no finite number"),
    (HEAD + f"{T0},-9,10\n", "a.csv:2:12", "cannot be negative"),
    (HEAD + f"{T0},1,1\n\n{T0}000,1,1\n", "a.csv:4:1", "not milliseconds"),
    (HEAD + "2026-01-31T12:00:00,1,1\n", "a.csv:2:1", "no time with an offset"),
    (HEAD + "yesterday,1,1\n", "a.csv:2:1", "RFC 3339"),
    (HEAD + f"{T0},1\n", "a.csv:2:1", "the row has 2 cells, the header 3"),
    (f'note,{HEAD}"a\nb",{T0},9,x\n', "a.csv:3:17", "'x' is no number"),
    (HEAD + f'{T0},"9,10\n', "a.csv:2:1", "check the quotes"),
    (HEAD.replace("\n", "\r") + f"{T0},9,10\r", "a.csv:1:1", "end lines with LF or CRLF"),
]


@pytest.mark.parametrize(("text", "place", "says"), BAD_CELLS)
def test_a_fault_in_a_row_is_named_with_file_line_and_column(folder, text, place, says):
    """A whole answer or an error: the file can be mended at the place that is named."""
    (folder / "a.csv").write_bytes(text.encode())
    with pytest.raises(NotUnderstood) as refused:
        read(folder, *ratio())
    assert refused.value.place == place
    assert says in str(refused.value)


def test_a_fault_outside_the_asked_span_harms_nobody(folder):
    """A bad number of last year does not blind an SLO today."""
    (folder / "a.csv").write_text(f"{HEAD}{T0 - 86_400},oops,-1\n{T0},9,10\n")
    assert read(folder, *ratio()).columns[Role.GOOD].tolist() == [9]


def test_text_that_is_not_utf_8_is_refused_with_its_place(folder):
    """Latin-1 is not guessed at."""
    (folder / "a.csv").write_bytes(CSV.encode() + b"caf\xe9")
    with pytest.raises(NotUnderstood, match="save it as UTF-8") as refused:
        read(folder, *ratio())
    assert refused.value.place == "a.csv:4:4"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("time,goood,total\n", "no column 'good' — did you mean `goood`?"),
        ("when,good,total\n", "no column 'time' — its columns are when, good, total"),
        ("time;good;total\n", "is the separator another one?"),
        ("time,good,good,total\n", "the column 'good' is there twice"),
        ("", "no column 'time'"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_with_a_hint(folder, text, says):
    """Before any row is read."""
    (folder / "a.csv").write_text(text)
    with pytest.raises(Invalid) as refused:
        read(folder, *ratio())
    assert refused.value.place == "a.csv:1:1"
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("spec", "key", "says"),
    [
        ({"column": "good"}, "path", "is missing"),
        ({"path": "a.csv"}, "column", "or * to count rows"),
        ({"path": "a.csv", "colum": "good"}, "colum", "did you mean `column`?"),
        ({"path": "../a.csv", "column": "good"}, "path", "without `..`"),
        ({"path": "x/../../a.csv", "column": "good"}, "path", "without `..`"),
        ({"path": "x\\..\\a.csv", "column": "good"}, "path", "without `..`"),
        ({"path": "a.csv\0.txt", "column": "good"}, "path", "no path"),
        ({"path": "/etc/passwd.csv", "column": "good"}, "path", "below no declared folder"),
        ({"path": "a.xlsx", "column": "good"}, "format", "write format: csv"),
        ({"path": "a.csv", "column": "good", "separator": "::"}, "separator", "comma, semicolon, tab and bar"),
        ({"path": "a.csv", "column": "good", "where": "ok"}, "where", "write column: value"),
        ({"path": "a.csv", "column": "good", "where": {"x": 1.5}}, "where.x", "write the exact value"),
        ({"path": "a.csv", "column": "good", "zone": "Europe/Oslo"}, "zone", "is not UTC"),
        ({"path": "a.csv", "column": 7}, "column", "is no text"),
    ],
)
def test_words_that_no_file_can_answer_are_refused_without_reading(folder, spec, key, says):
    """`check` names the key at fault."""
    with pytest.raises(Invalid) as refused:
        source(folder).check((Metric(Role.GOOD, spec),))
    assert refused.value.place == f"metricSource.spec.{key}"
    assert says in str(refused.value)


def test_values_cannot_be_counted_rows(folder):
    """`*` makes events, a value is not one."""
    with pytest.raises(Invalid, match="counts rows"):
        source(folder).check((Metric(Role.VALUE, {"path": "a.csv", "column": "*"}),))


def test_without_declared_folders_no_file_is_read():
    """Nothing is open by default."""
    with pytest.raises(Invalid, match="no folder is declared"):
        source().check((Metric(Role.GOOD, {"path": "a.csv", "column": "good"}),))


@pytest.mark.parametrize(("changes", "rows"), [(1, 3), (2, 4), (10**6, None)])
def test_a_file_that_changes_while_it_is_read_is_read_again(folder, monkeypatch, changes, rows):
    """Half of an old and half of a new file is nobody's data; after three tries that is said."""
    path, real, left = folder / "a.csv", os.read, [changes]
    path.write_text(CSV)

    def read_while_somebody_writes(file, most):
        chunk = real(file, most)
        if left[0] and chunk:
            left[0] -= 1
            with path.open("a") as written:
                written.write(f"{T0 + 120 + left[0]},1,1\n")
        return chunk

    monkeypatch.setattr(os, "read", read_while_somebody_writes)
    if rows is None:
        with pytest.raises(Unreachable, match="changed while it was read"):
            read(folder, *ratio())
    else:
        assert read(folder, *ratio()).provenance.samples == 2 * rows


def test_a_closed_source_is_an_error(folder):
    """Whoever asks after close made a mistake."""
    (folder / "a.csv").write_text(CSV)
    files = source(folder)
    asyncio.run(files.close())
    with pytest.raises(Permanent, match="closed"):
        asyncio.run(files.read(ask(*ratio())))


TIMES = {
    "timestamps with a zone": ("to_timestamp({T0} + 60 * i)", {}),
    "nanoseconds with a zone": ("to_timestamp({T0} + 60 * i)::TIMESTAMPTZ_NS", {}),
    "epoch seconds": ("({T0} + 60 * i)::BIGINT", {}),
    "text": ("strftime(make_timestamp(({T0} + 60 * i) * 1000000), '%Y-%m-%dT%H:%M:%SZ')", {}),
    "timestamps without a zone": ("make_timestamp(({T0} + 60 * i) * 1000000)", {"zone": "UTC"}),
}


@pytest.mark.parametrize(("time", "more"), TIMES.values(), ids=TIMES)
def test_parquet_gives_the_same_reading_as_csv(folder, time, more):
    """Types of columns are the file's own; names with quotes in them are names, and no SQL."""
    rows = f"""
        SELECT {time.format(T0=T0)} AS "time", (9 - i)::DECIMAL(10, 2) AS good, 10::UINTEGER AS total,
               'x' AS "we""ird; --", i = 5 AS odd FROM range(2) t(i)
        UNION ALL SELECT {time.format(T0=T0)}, 1, 1, 'y', false FROM range(100, 101) t(i)
    """
    as_parquet(folder / "a.parquet", rows)
    where = {'we"ird; --': "x", "odd": False}
    reading = read(folder, *ratio("a.parquet", where=where, **more))
    assert reading.time.tolist() == [T0, T0 + 60]
    assert reading.columns[Role.GOOD].tolist() == [9, 8]
    assert reading.columns[Role.TOTAL].tolist() == [10, 10]
    assert reading.provenance.digest == hashlib.sha256((folder / "a.parquet").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("query", "error", "says"),
    [
        ("SELECT now() AS time, 1 AS goood, 1 AS total", Invalid, "did you mean `goood`?"),
        ("SELECT TIMESTAMP '2026-01-01' AS time, 1 AS good, 1 AS total", Invalid, "write zone: UTC"),
        ("SELECT true AS time, 1 AS good, 1 AS total", Invalid, "no moment in time"),
        ("SELECT now() AS time, 'x' AS good, 1 AS total", Invalid, "holds VARCHAR, no numbers"),
        ("SELECT now() AS time, [1] AS good, 1 AS total", Invalid, "no numbers"),
        ("SELECT NULL::BIGINT AS time, 1 AS good, 1 AS total", NotUnderstood, "row 1: the row has no time"),
        (f"SELECT {T0} AS time, -1 AS good, 1 AS total", NotUnderstood, "row 1: -1: a count cannot be negative"),
        (f"SELECT {T0} AS time, 'inf'::DOUBLE AS good, 1 AS total", NotUnderstood, "no finite number"),
        ("SELECT 'noon' AS time, 1 AS good, 1 AS total", NotUnderstood, "row 1: 'noon' is no time"),
    ],
)
def test_parquet_that_does_not_fit_is_refused(folder, query, error, says):
    """With the column or the row at fault."""
    as_parquet(folder / "a.parquet", query)
    with pytest.raises(error) as refused:
        read(folder, *ratio("a.parquet"))
    assert says in str(refused.value)


def test_nulls_of_parquet_are_unknown(folder):
    """As an empty cell is."""
    as_parquet(folder / "a.parquet", f"SELECT {T0} AS time, NULL::INTEGER AS good, 3 AS total")
    np.testing.assert_array_equal(read(folder, *ratio("a.parquet")).columns[Role.GOOD], [np.nan])


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_half_a_parquet_file_is_not_understood(folder, keep):
    """A copy that broke off is no data, and the message names the user's path, not ours."""
    as_parquet(folder / "whole.parquet", f"SELECT {T0} + 60 * i AS time, i AS good, i AS total FROM range(1000) t(i)")
    (folder / "a.parquet").write_bytes((folder / "whole.parquet").read_bytes()[:keep])
    with pytest.raises(NotUnderstood, match=r"a\.parquet") as refused:
        read(folder, *ratio("a.parquet"))
    assert "copy.parquet" not in str(refused.value)
