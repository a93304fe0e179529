"""CSV to columns. What a row says is kept as said; whether it can be trusted is decided by core.quality.

Lines that are written plainly are read many at once (`plain`), all others one by one, by the same rules.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import BinaryIO, Protocol

import numpy as np

from leeway.core.histogram import Histogram
from leeway.core.points import Ints
from leeway.errors import Invalid
from leeway.formats.points.header import HISTOGRAM, checked
from leeway.formats.points.histogram import NO_HISTOGRAM, parse_histogram
from leeway.formats.points.plain import Fields
from leeway.formats.points.table import NUMBERS, Columns, Owner, Table
from leeway.spec.cells import of_cell
from leeway.spec.rows import Refused, no_time, parse_number, parse_time

BLOCK = 1 << 22
"""Bytes that are looked at together."""

ROWS = 1 << 14
"""Rows that are read one by one before they are put together."""

REMEMBERED = 1 << 18
"""Times that need not be worked out again: many SLOs have rows of the same."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NO_TIME = -(2**62)
_UNREADABLE = -1


def read_csv(source: BinaryIO, file: str) -> Table:
    """Reads to the end, or raises Invalid when it is no such file at all (encoding, header).

    Byte order marks, CRLF, lone CR and spaces around fields do no harm.
    """
    blocks = _blocks(source)
    first = _opening(blocks)
    reader = csv.reader(_text([first], file, 0))
    with _told_where(reader, file, 0):
        header = next(filter(_says_something, reader), None)
    if header is None:
        raise Invalid("the file is empty", place=file, mend="the first line must be like time,slo,good,total")
    before = reader.line_num
    rows = _Rows(checked([name.strip() for name in header], f"{file}:{before}"), file, before)
    blocks = chain([b"".join(first.splitlines(keepends=True)[before:])], blocks)
    for block in blocks:
        if b'"' in block or b"\0" in block:
            rows.add_any(chain([block], blocks))  # to the end, as quotes may reach over blocks
        else:
            rows.add_plain(block)
    return rows.table()


class _Reader(Protocol):
    """A reader of CSV, as far as it tells where it is."""

    @property
    def line_num(self) -> int: ...


class _Times(dict[tuple[bytes, ...], int]):
    """What each time says, worked out once."""

    def __missing__(self, said: tuple[bytes, ...]) -> int:
        found = parse_time(said[0].decode().strip())
        self[said] = time = _NO_TIME if found is None else found
        return time


class _Owners(dict[tuple[bytes, ...], int]):
    """A number for each owner, from 0, however their names are spaced."""

    def __init__(self) -> None:
        self.numbers: dict[Owner, int] = {}

    def __missing__(self, said: tuple[bytes, ...]) -> int:
        owner = Owner(*(of_cell(name.decode().strip()) for name in said))
        self[said] = number = self.numbers.setdefault(owner, len(self.numbers))
        return number


class _Histograms(dict[tuple[bytes, ...], int]):
    """A number for what each histogram says: none is 0, and one that cannot be read below it."""

    def __init__(self) -> None:
        self.said: list[Histogram | None] = [None]

    def __missing__(self, said: tuple[bytes, ...]) -> int:
        try:
            found = parse_histogram(said[0].decode())
        except ValueError:
            self[said] = _UNREADABLE
        else:
            self[said] = 0 if found is None else len(self.said)
            self.said += [] if found is None else [found]
        return self[said]


class _Rows:
    """What has been read so far, up to the line `before`."""

    def __init__(self, names: list[str], file: str, before: int) -> None:
        self._file, self._before, self._names = file, before, names
        self._width, self._time_at = len(names), names.index("time")
        self._owner_at = [names.index(name) for name in ("slo", "objective") if name in names]
        self._numbers = {name: place for place, name in enumerate(names) if name in NUMBERS}
        self._histogram_at = [names.index(HISTOGRAM)] if HISTOGRAM in names else []
        self._times, self._owners, self._histograms = _Times(), _Owners(), _Histograms()
        self._columns, self._refused = Columns(self._numbers), list[Refused]()

    def table(self) -> Table:
        """All of them."""
        return self._columns.table(tuple(self._owners.numbers), tuple(self._refused))

    def add_plain(self, block: bytes) -> None:
        """Takes whole lines without quotes: those that are written plainly together, the others one by one."""
        fields = Fields.of(block, self._width)
        try:
            time = fields.meanings([self._time_at], self._times.__getitem__)
            numbers = [fields.numbers(place) for place in self._numbers.values()]
            histogram = np.zeros(len(time), np.int64)
            if self._histogram_at:
                histogram = fields.meanings(self._histogram_at, self._histograms.__getitem__)
            readable = (time != _NO_TIME) & (histogram != _UNREADABLE)
            plain = np.logical_and.reduce([readable, *(plainly for _, plainly in numbers)])
            owner = fields[plain].meanings(self._owner_at, self._owners.__getitem__)
            left = np.delete(np.arange(fields.lines), fields.line[plain])
            rest = [fields.text_of(line).decode().split(",") for line in left.tolist()]
        except UnicodeDecodeError:
            list(_text([block], self._file, self._before))  # raises Invalid, with the line
            raise
        lines = self._before + 1 + fields.line[plain]
        said = self._said(histogram[plain].tolist())
        self._columns.add(owner, lines, time[plain], [number[plain] for number, _ in numbers], said)
        self._add(self._before + 1 + left, rest)
        self._before += fields.lines

    def add_any(self, blocks: Iterable[bytes]) -> None:
        """Takes all blocks to the end, one row after the other."""
        reader, ends = csv.reader(_text(blocks, self._file, self._before)), self._before
        with _told_where(reader, self._file, self._before):
            while rows := list(islice(reader, ROWS)):
                lines = ends + np.cumsum([1 + sum(field.count("\n") for field in row) for row in rows])
                ends = int(lines[-1])
                self._add(lines, rows)

    def _add(self, lines: Ints, rows: list[list[str]]) -> None:
        kept = [place for place, row in enumerate(rows) if self._is_row(int(lines[place]), row)]
        if kept:
            columns = list(zip(*(rows[place] for place in kept), strict=True))
            said = zip(*([name.encode() for name in columns[place]] for place in self._owner_at), strict=True)
            self._columns.add(
                np.array([self._owners[one] for one in said], np.int64),
                lines[kept],
                np.array([self._time(one) for one in columns[self._time_at]], np.int64),
                [np.array([parse_number(one) for one in columns[place]]) for place in self._numbers.values()],
                self._said([self._histogram(rows[place]) for place in kept]),
            )

        for remembered in (self._times, self._histograms):
            if len(remembered) > REMEMBERED:
                remembered.clear()

    def _is_row(self, line: int, row: list[str]) -> bool:
        if not _says_something(row):
            return False
        if len(row) != self._width:
            lacks = self._names[len(row)] if len(row) < self._width else ""
            self._refused.append(Refused(line, f"{len(row)} fields where the header has {self._width}", lacks))
            return False
        said = row[self._time_at]
        if self._time(said) == _NO_TIME:
            self._refused.append(Refused(line, no_time(said), "time"))
            return False
        if self._histogram(row) == _UNREADABLE:
            self._refused.append(Refused(line, NO_HISTOGRAM, HISTOGRAM))
            return False
        return True

    def _said(self, histograms: Iterable[int]) -> list[Histogram | None] | None:
        return [self._histograms.said[one] for one in histograms] if self._histogram_at else None

    def _histogram(self, row: list[str]) -> int:
        return self._histograms[(row[self._histogram_at[0]].encode(),)] if self._histogram_at else 0

    def _time(self, said: str) -> int:
        return self._times[(said.encode(),)]


def _blocks(source: BinaryIO) -> Iterator[bytes]:
    """The text in whole lines, each ended by a line feed and by nothing else, without a byte order mark."""
    held = source.read(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)
    while found := source.read(BLOCK):
        text = held + found
        cut = max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1  # a last CR may be half of a CRLF
        held = text[cut:]
        if cut:
            yield _ended(text[:cut])
    if held:
        yield _ended(held if held.endswith((b"\n", b"\r")) else held + b"\n")


def _opening(blocks: Iterator[bytes]) -> bytes:
    """Enough of them to hold a line that says something, if any does."""
    opening = b""
    for block in blocks:
        opening += block
        if block.strip():
            break
    return opening


def _ended(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _text(blocks: Iterable[bytes], file: str, before: int) -> Iterator[str]:
    """The lines. Raises Invalid, with its number, for the first one that is not UTF-8."""
    lines = chain.from_iterable(block.splitlines(keepends=True) for block in blocks)
    for number, line in enumerate(lines, before + 1):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            what = f"byte {line[error.start]:#04x} is not UTF-8"
            column = len(line[: error.start].decode()) + 1
            raise Invalid(what, place=f"{file}:{number}:{column}", mend="save the file as UTF-8") from error


@contextmanager
def _told_where(reader: _Reader, file: str, before: int) -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        place = f"{file}:{before + reader.line_num}"
        raise Invalid(str(error), place=place, mend="quote the field, or mend the line") from error


def _says_something(fields: list[str]) -> bool:
    return any(map(str.strip, fields))
