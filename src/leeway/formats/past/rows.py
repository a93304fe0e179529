"""Small CSV files with a header, row by row, with the place of everything that is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from leeway.errors import Invalid
from leeway.spec.nearest import did_you_mean
from leeway.spec.rows import Refused, no_time, parse_time

Read = TypeVar("Read")

LARGEST = 50_000_000
"""Bytes of a file; a hundred thousand alerts are ten million."""


class Wrong(Exception):
    """A row that means nothing: the column at fault, and why."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(column, why)
        self.column, self.why = column, why


@dataclass(frozen=True, slots=True)
class Row:
    """One line, counted from 1, and what it says by column."""

    line: int
    said: dict[str, str]

    def time(self, column: str) -> int:
        """Epoch seconds. Raises Wrong if it is no time."""
        found = parse_time(self.said.get(column, ""))
        if found is None:
            raise Wrong(column, no_time(self.said.get(column, "")))
        return found


def text_of(data: bytes, file: str) -> str:
    """A file as text, whatever byte order mark or line ends it has. Invalid if it is not UTF-8, or too large."""
    if len(data) > LARGEST:
        raise Invalid(f"larger than {LARGEST:,} bytes", place=file, mend="split it by time")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte {data[error.start]:#04x} is not UTF-8"
        raise Invalid(what, place=f"{file}:{line}", mend="save the file as UTF-8") from error


def rows(text: str, file: str, required: Sequence[str], optional: Sequence[str]) -> Iterator[Row]:
    """The lines that say something. Raises Invalid for a header that lacks or doubles a column, or has others."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    known, header, before = [*required, *optional], list[str](), 0
    try:
        for fields in reader:
            line, before = before + 1, reader.line_num
            if not any(map(str.strip, fields)):
                continue
            if not header:
                header = [name.strip() for name in fields]
                _check(header, required, known, f"{file}:{line}")
            else:
                yield Row(line, dict(zip(header, map(str.strip, fields), strict=False)))
    except csv.Error as error:
        place = f"{file}:{reader.line_num}"
        raise Invalid(str(error), place=place, mend="quote the field, or mend the line") from error
    if not header:
        raise Invalid("the file is empty", place=file, mend=f"the first line must be like {','.join(known)}")


def parsed(found: Iterator[Row], read: Callable[[Row], Read]) -> tuple[list[Read], list[Refused]]:
    """What each row means, and those that mean nothing: `read` raises Wrong."""
    meant, refused = list[Read](), list[Refused]()
    for row in found:
        try:
            meant.append(read(row))
        except Wrong as error:
            refused.append(Refused(row.line, error.why, error.column))
    return meant, refused


def _check(header: Sequence[str], required: Sequence[str], known: Sequence[str], place: str) -> None:
    mend = f"the header must be like {','.join(known)}; {', '.join(required)} must be there"
    for name in header:
        if name not in known:
            near = did_you_mean(name, known)
            raise Invalid(f"no column {name!r} is known here", place=place, mend=f"{near} {mend}".strip())
    for name in required:
        if name not in header:
            raise Invalid(f"the column {name!r} is missing", place=place, mend=mend)
    for one, other in pairwise(sorted(header)):
        if one == other:
            raise Invalid(f"the column {one!r} is there twice", place=place, mend=mend)
