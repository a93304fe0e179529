"""Stored points as the table that the offline verbs read: what was kept can be tried, judged and drawn elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np

from leeway.core.histogram import unpack
from leeway.core.objective import DAY_S
from leeway.core.points import Ints
from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.catalog import Feed
from leeway.formats.points import write_histogram
from leeway.ports.points import PointStore, Rows
from leeway.spec.cells import as_cell

HEADER = b"time,slo,objective,good,total,value,histogram\n"

PART_S = 7 * DAY_S
"""What is read together, of one series."""


def export(feeds: Sequence[Feed], points: PointStore, start: int | None, end: int | None) -> Iterator[bytes]:
    """CSV: the header, then the rows of one series after the other, by time, with start ≤ time < end (None: all).

    Counts stand under good and total, ratios and values under value, and histograms under histogram. All is written so
    that it is read back as it is stored; of more than two billion events of one step, to a millionth. No name is taken
    for a formula (`leeway.spec.cells`). Blocking, in parts: memory holds a week of one series.
    """
    yield HEADER
    extent = points.extent()
    for feed in feeds:
        known = extent.get(feed.series.id)
        if known is None:
            continue
        first, last = (known.start, known.end) if start is None else (max(start, known.start), known.end)
        last = last if end is None else min(end, last)
        for at in range(first, last, PART_S):
            rows = points.read(feed.series.id, Span(at, min(at + PART_S, last)))
            if len(rows):
                yield _lines(feed, rows)


def _lines(feed: Feed, rows: Rows) -> bytes:
    times = np.datetime_as_string(rows.time.astype("datetime64[s]"), unit="s").tolist()
    owner = _fields(feed.series.slo, feed.series.objective)
    return "".join(
        f"{time}Z,{owner},{numbers}\n" for time, numbers in zip(times, _numbers(feed, rows), strict=True)
    ).encode()


def _numbers(feed: Feed, rows: Rows) -> Iterator[str]:
    scale = feed.series.scale
    match feed.kind:
        case Kind.COUNTS:
            pairs = zip(_events(rows.good, scale), _events(rows.total, scale), strict=True)
            return (f"{good},{total},," for good, total in pairs)
        case Kind.SUCCESS_RATIO:
            return (f",,{share}," for share in _events(rows.good, scale))
        case Kind.FAILURE_RATIO:
            return (f",,{share}," for share in _events(rows.total - rows.good, scale))
        case _:
            held = np.full(len(rows), None) if rows.sketch is None else rows.sketch
            return (_value(value, packed) for value, packed in zip(rows.value.tolist(), held.tolist(), strict=True))


def _value(value: float, packed: bytes | None) -> str:
    return f",,{value!r}," if packed is None else f",,,{write_histogram(unpack(packed))}"


def _events(quanta: Ints, scale: int) -> Iterator[str]:
    """Whole ones without a point; of others the shortest decimal that is no other float."""
    for amount in quanta.tolist():
        whole, rest = divmod(amount, scale)
        yield str(whole) if not rest else repr(amount / scale)


def _fields(*texts: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(map(as_cell, texts))
    return line.getvalue()
