"""From the rows of a file to one number per step; every fault with its place in the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated

import msgspec
import numpy as np

from leeway.core.points import Floats
from leeway.core.window import Span
from leeway.errors import Invalid, NotUnderstood
from leeway.sources.files.query import EACH_ROW, Wanted
from leeway.spec.nearest import did_you_mean

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MILLISECONDS = 1e11
"""The year 5138 in seconds; milliseconds of any day since 1973 are above."""

_Offset = Annotated[datetime, msgspec.Meta(tz=True)]
_MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Rows:
    """The matching rows of the asked span: epoch seconds, the number (NaN: nothing is known), and where it stands."""

    time: Floats
    number: Floats
    place: Callable[[int], str]


def missing(wanted: Wanted, header: Sequence[str], place: str) -> Invalid | None:
    """The refusal of a file that lacks a column or has it twice; None if all is there."""
    for name in wanted.columns:
        if header.count(name) > 1:
            return Invalid(f"the column {name!r} is there twice", place=place, mend="give each column its own name")
        if name not in header:
            shown = ", ".join(header[:_MOST_WORDS])
            mend = did_you_mean(name, header) or f"its columns are {shown}"
            if len(header) == 1 and any(sign in header[0] for sign in ";\t|,"):
                mend = f"its header is {header[0][:80]!r}: is the separator another one?"
            return Invalid(f"there is no column {name!r}", place=place, mend=mend)
    return None


def read_csv(text: str, wanted: Wanted, span: Span) -> Rows:
    """The rows of a CSV text (RFC 4180; any line end, quoted line ends, blank lines skipped)."""
    lines = text.split("\n")
    records = _records(lines, wanted)
    line, header = next(records, (1, []))
    lacking = missing(wanted, header, f"{wanted.path}:{line}:1")
    if lacking is not None:
        raise lacking
    time_at = header.index(wanted.time)
    cell_at = None if wanted.column == EACH_ROW else header.index(wanted.column)
    where = [(header.index(name), told) for name, told in wanted.where]
    times: list[float] = []
    numbers: list[float] = []
    starts: list[int] = []

    def place(line: int, cell: int) -> str:
        return f"{wanted.path}:{_position(lines, line, cell, wanted.separator)}"

    for line, record in records:
        if len(record) != len(header):
            message = f"the row has {len(record)} cells, the header {len(header)}"
            raise NotUnderstood(message, place=place(line, 0), mend="quote cells that hold the separator")
        if any(record[at] != told for at, told in where):
            continue
        try:
            time = moment(record[time_at], utc=wanted.utc)
        except NotUnderstood as fault:
            raise _placed(fault, place(line, time_at)) from None
        if not span.start <= time < span.end:
            continue
        try:
            number = 1.0 if cell_at is None else _number(record[cell_at])
        except NotUnderstood as fault:
            raise _placed(fault, place(line, cell_at or 0)) from None
        times.append(time)
        numbers.append(number)
        starts.append(line)
    at = time_at if cell_at is None else cell_at
    return Rows(np.array(times, np.float64), np.array(numbers, np.float64), lambda i: place(starts[i], at))


def _records(lines: Sequence[str], wanted: Wanted) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in, counted from 1."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=wanted.separator, strict=True)
    line = 0
    try:
        for record in reader:
            if record:
                yield line + 1, record
            line = reader.line_num
    except csv.Error as error:
        mend = "end lines with LF or CRLF" if "new-line" in str(error) else "check the quotes"
        raise NotUnderstood(f"is no CSV: {error}", place=f"{wanted.path}:{line + 1}:1", mend=mend) from None


def _position(lines: Sequence[str], line: int, cell: int, separator: str) -> str:
    """`line:column` of a cell, both from 1, found by walking the record: a quoted cell before it may span lines."""
    at, column, quoted = line - 1, 0, False
    while cell:
        if column >= len(lines[at]):
            at, column = at + 1, 0
            continue
        sign = lines[at][column]
        quoted ^= sign == '"'
        cell -= sign == separator and not quoted
        column += 1
    return f"{at + 1}:{column + 1}"


def moment(text: str, *, utc: bool) -> float:
    """Epoch seconds of a number or an RFC 3339 text, with `utc` also of a date alone (its first moment).

    NotUnderstood, without a place, if it is none of these.
    """
    if _NUMBER.fullmatch(text):
        time = float(text)
        if time >= _MILLISECONDS:
            raise NotUnderstood(f"the time {text} is no epoch second", mend="write seconds, not milliseconds")
        return time
    if utc and _DATE.fullmatch(text):
        text += "T00:00:00Z"
    try:
        when: datetime = msgspec.convert(text, datetime if utc else _Offset)
    except msgspec.ValidationError:
        raise NotUnderstood(
            f"{_shown(text)} is no time" if utc else f"{_shown(text)} is no time with an offset",
            mend="write epoch seconds or RFC 3339, as in 2026-01-31T12:00:00Z"
            + ("" if utc else "; zone: UTC allows times without offset"),
        ) from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _number(text: str) -> float:
    if text in ("", "NaN", "nan"):
        return np.nan
    if not _NUMBER.fullmatch(text):
        mend = "write a decimal point" if "," in text else "leave the cell empty where nothing is known"
        raise NotUnderstood(f"{_shown(text)} is no number", mend=mend)
    return float(text)


def per_step(rows: Rows, wanted: Wanted, span: Span, step_s: int) -> Floats:
    """One number per step of the span, NaN where no row has one: counts added up, of values one and no more.

    Two values of one step are refused, not averaged: the mean of two percentiles is nobody's percentile.
    """
    known = np.flatnonzero(~np.isnan(rows.number))
    number = rows.number[known]
    wrong = np.flatnonzero(~np.isfinite(number) | ((number < 0) & wanted.counts))
    if len(wrong):
        told = number[wrong[0]]
        fault = "a count cannot be negative" if np.isfinite(told) else "that is no finite number"
        raise NotUnderstood(f"{told:.15g}: {fault}", place=rows.place(int(known[wrong[0]])), mend="correct the row")
    step = ((rows.time[known] - span.start) // step_s).astype(np.int64)
    steps = span.length_s // step_s
    result: Floats = np.full(steps, np.nan)
    if wanted.counts:
        seen = np.bincount(step, minlength=steps) > 0
        result[seen] = np.bincount(step, number, minlength=steps)[seen]
        return result
    order = np.argsort(step, kind="stable").tolist()
    for before, after in pairwise(order):
        if step[before] == step[after]:
            first = rows.place(int(known[before]))
            raise NotUnderstood(
                f"a second value for the step of {step_s} s that begins at {span.start + int(step[after]) * step_s}",
                place=rows.place(int(known[after])),
                mend=f"the first is at {first}; keep one row per step, or name the one wanted with where:",
            )
    result[step] = number
    return result


def _placed(fault: NotUnderstood, place: str) -> NotUnderstood:
    return NotUnderstood(fault.message, place=place, mend=fault.mend)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS] + "…")
