"""CSV text to columns. What a row says is kept as said; whether it can be trusted is decided by core.quality."""

from __future__ import annotations

import csv
import difflib
import io
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from leeway.core.points import Floats, Ints
from leeway.errors import Invalid

HEADERS = (("good", "total"), ("bad", "total"), ("value",))
NUMBERS = ("good", "bad", "total", "value")
COLUMNS = ("time", "slo", "objective", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that cannot even be read as a row: its number in the file, and why."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order of the file. Numbers that are none are NaN; columns the file does not have are None."""

    line: Ints
    time: Ints
    slo: tuple[str, ...]
    objective: tuple[str, ...]
    good: Floats | None = None
    bad: Floats | None = None
    total: Floats | None = None
    value: Floats | None = None
    refused: tuple[Refused, ...] = ()

    def __len__(self) -> int:
        return len(self.time)


def read(data: bytes, file: str) -> Table:
    """Reads the whole file, or raises Invalid when it is no such file at all (encoding, header).

    Byte order marks, CRLF, lone CR and spaces around fields do no harm.
    """
    rows = ((line, fields) for line, fields in _rows(_text(data, file), file) if fields and _says_something(fields))
    header = next(rows, None)
    if header is None:
        raise Invalid("the file is empty", place=file, mend="the first line must be like time,slo,good,total")
    names = _header([name.strip() for name in header[1]], f"{file}:{header[0]}")
    at = {name: place for place, name in enumerate(names)}
    columns: dict[str, list[float]] = {name: [] for name in names if name in NUMBERS}
    numbers = [(column, at[name]) for name, column in columns.items()]
    slo_at, objective_at, time_at, width = at["slo"], at.get("objective"), at["time"], len(names)
    known: dict[str, int | None] = {}  # many SLOs have rows of the same times
    lines: list[int] = []
    times: list[int] = []
    slos: list[str] = []
    objectives: list[str] = []
    refused: list[Refused] = []
    for line, fields in rows:
        if len(fields) != width:
            refused.append(Refused(line, f"{len(fields)} fields where the header has {width}"))
            continue
        said = fields[time_at].strip()
        if said not in known:
            known[said] = parse_time(said)
        time = known[said]
        if time is None:
            refused.append(Refused(line, f"{said!r} is no time: RFC 3339 with a zone, or whole epoch seconds"))
            continue
        lines.append(line)
        times.append(time)
        slos.append(sys.intern(fields[slo_at].strip()))
        objectives.append("" if objective_at is None else sys.intern(fields[objective_at].strip()))
        for column, place in numbers:
            column.append(parse_number(fields[place].strip()))
    return Table(
        np.array(lines, np.int64),
        np.array(times, np.int64),
        tuple(slos),
        tuple(objectives),
        **{name: np.array(column) for name, column in columns.items()},
        refused=tuple(refused),
    )


def parse_time(text: str) -> int | None:
    """Epoch seconds of an RFC 3339 time with a zone, or of a number of seconds; None if it is neither, or not whole.

    >>> parse_time("2026-01-03T14:58:00Z"), parse_time("1767452280"), parse_time("yesterday")
    (1767452280, 1767452280, None)
    """
    number = parse_number(text)
    if not math.isnan(number):
        return _whole(number)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or len(text) <= len("2026-01-03"):
        return None
    return _whole((moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _whole(seconds: float) -> int | None:
    return int(seconds) if abs(seconds) < 2**53 and seconds == int(seconds) else None


def parse_number(text: str) -> float:
    """The number, or NaN for anything that is none: empty, words, infinity, digits with underscores."""
    if "_" in text:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _text(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(
            f"byte {data[error.start]:#04x} is not UTF-8",
            place=f"{file}:{line}",
            mend="save the file as UTF-8",
        ) from error


def _says_something(fields: list[str]) -> bool:
    return bool(fields[0].strip()) or any(map(str.strip, fields))


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=None))
    try:
        for fields in reader:
            yield reader.line_num, fields
    except csv.Error as error:
        raise Invalid(
            str(error), place=f"{file}:{reader.line_num}", mend="quote the field, or mend the line"
        ) from error


def _header(names: list[str], place: str) -> list[str]:
    for name in names:
        if name not in COLUMNS:
            raise Invalid(f"unknown column {name!r}", place=place, mend=_mend_of(name))
        if names.count(name) > 1:
            raise Invalid(f"column {name!r} stands twice", place=place, mend="keep one of them")
    numbers = tuple(name for name in COLUMNS if name in names and name in NUMBERS)
    if not {"time", "slo"} <= set(names) or numbers not in HEADERS:
        raise Invalid(
            f"the header is {','.join(names)}",
            place=place,
            mend="write time,slo,good,total or time,slo,bad,total or time,slo,value, and objective if you like",
        )
    return names


def _mend_of(name: str) -> str:
    """What an unknown column may have been meant as: another name, or several columns that no comma parts."""
    for sign, said in ((";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")):
        if sign in name:
            return f"part the columns by commas, not by {said}"
    near = difflib.get_close_matches(name, COLUMNS, n=1)
    return f"did you mean {near[0]}?" if near else f"known columns are {', '.join(COLUMNS)}"
