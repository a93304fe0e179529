"""Rows of a Parquet file, read by DuckDB from a private copy: nothing else on the disk is open to it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np

from leeway.core.window import Span
from leeway.errors import Invalid, NotUnderstood
from leeway.sources.files.decode import Rows, missing, moment
from leeway.sources.files.query import EACH_ROW, Wanted

_NUMBERS = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)")
_WITH_ZONE = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
_WITHOUT = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")


def read_parquet(content: bytes, wanted: Sequence[Wanted], span: Span) -> tuple[Rows, ...]:
    """The rows for each metric of one file. DuckDB reads files, and this one may change: so it gets a copy."""
    with tempfile.TemporaryDirectory(prefix="leeway-") as folder:
        copy = Path(folder, "copy.parquet")
        copy.write_bytes(content)
        with _closed_off(copy) as database:
            try:
                return tuple(_rows(database, str(copy), one, span) for one in wanted)
            except duckdb.Error as error:
                said = str(error).partition("\n")[0].replace(str(copy), wanted[0].path)
                raise NotUnderstood(
                    f"cannot be read as Parquet: {said}", place=wanted[0].path, mend="write the file again"
                ) from None


def _closed_off(copy: Path) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect(
        config={"threads": 1, "memory_limit": "1GB", "temp_directory": "", "python_enable_replacements": False}
    )
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET autoinstall_known_extensions = false")
    database.execute("SET autoload_known_extensions = false")
    database.execute("SET allowed_paths = [?]", [str(copy)])
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def _rows(database: duckdb.DuckDBPyConnection, copy: str, wanted: Wanted, span: Span) -> Rows:
    described = database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [copy]).fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    lacking = missing(wanted, [str(row[0]) for row in described], wanted.path)
    if lacking is not None:
        raise lacking
    time, typed = _time(wanted, types[wanted.time])
    number = "1.0" if wanted.column == EACH_ROW else _cell(wanted, types[wanted.column])
    tests = [f"CAST({_name(name)} AS VARCHAR) = ?" for name, _ in wanted.where]
    told: list[object] = [copy, *(text for _, text in wanted.where)]
    if typed:
        tests.append(f"({time} IS NULL OR ({time} >= ? AND {time} < ?))")
        told += [span.start, span.end]
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    found = database.execute(
        f"SELECT {time} AS time, {number} AS number, file_row_number AS row"  # noqa: S608  names are quoted by _name
        f" FROM read_parquet(?, file_row_number = true) {where} ORDER BY row",
        told,
    ).fetchnumpy()
    row = found["row"].tolist()

    def place(i: int) -> str:
        return f"{wanted.path}: row {row[i] + 1}"

    unknown = np.flatnonzero(np.ma.getmaskarray(found["time"]))
    if len(unknown):
        raise NotUnderstood("the row has no time", place=place(int(unknown[0])), mend="give every row a time")
    moments = found["time"] if typed else [_text_moment(text, wanted, place(i)) for i, text in enumerate(found["time"])]
    times = np.array(moments, np.float64)
    numbers = np.ma.filled(np.ma.array(found["number"], dtype=np.float64), np.nan)
    inside = (times >= span.start) & (times < span.end)
    kept = np.flatnonzero(inside)
    return Rows(times[kept], numbers[kept], lambda i: place(int(kept[i])))


def _time(wanted: Wanted, kind: str) -> tuple[str, bool]:
    """The expression for epoch seconds and True, or the text itself and False."""
    name = _name(wanted.time)
    if kind == "VARCHAR":
        return name, False
    if _NUMBERS.fullmatch(kind):
        return f"CAST({name} AS DOUBLE)", True
    if kind in _WITH_ZONE or (kind in _WITHOUT and wanted.utc):
        return f"epoch({name}::TIMESTAMPTZ)", True
    mend = "write zone: UTC if its times are in UTC" if kind in _WITHOUT else "write timestamps or epoch seconds"
    raise Invalid(f"the column {wanted.time!r} holds {kind}: no moment in time", place=wanted.path, mend=mend)


def _text_moment(text: str, wanted: Wanted, place: str) -> float:
    try:
        return moment(text, utc=wanted.utc)
    except NotUnderstood as fault:
        raise NotUnderstood(fault.message, place=place, mend=fault.mend) from None


def _cell(wanted: Wanted, kind: str) -> str:
    if not _NUMBERS.fullmatch(kind):
        raise Invalid(
            f"the column {wanted.column!r} holds {kind}, no numbers", place=wanted.path, mend="name a column of numbers"
        )
    return f"CAST({_name(wanted.column)} AS DOUBLE)"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
