"""One series as it was received: its newest rows, its course in few parts, and what is odd about it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.gaps import gaps
from leeway.core.points import Floats
from leeway.core.window import Span
from leeway.lab.suggest import Series
from leeway.spec.quantity import count, span

PARTS = 120
"""Of the course."""

Numbers = Floats | NDArray[np.signedinteger]

ROWS = 12
GAPS = 3
WELL = 0.98
"""So much of its steps has a row where nothing is missing to speak of."""


@dataclass(frozen=True, slots=True)
class Row:
    """As it came; None where a number is none, or there is no such column."""

    time: int
    numbers: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the data. `grave`: budgets made from it would be wrong, or there would be none."""

    said: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """`good` is the good share of each part, or its middle value where the series has values; `events` how many."""

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    count: int
    span: Span
    step_s: int
    covered: float
    of_values: bool
    good: Floats
    events: Floats
    overall: float | None
    remarks: tuple[Remark, ...]


def preview(series: Series, notes: Mapping[str, Span]) -> Preview:
    """What somebody looks at before believing it. `notes` are the source's own words, by where they belong."""
    table, points = series.table, series.points
    columns = {
        name: column
        for name in ("good", "bad", "total", "value")
        if (column := getattr(table, name)) is not None and np.isfinite(column).any()
    }
    newest = np.argsort(-table.time, kind="stable")[:ROWS]
    rows = tuple(
        Row(int(table.time[at]), {name: _number(column[at]) for name, column in columns.items()}) for at in newest
    )
    of_values = points.value is not None
    good, events = _course(series)
    whole = float(points.total.sum())
    overall = None if of_values or not whole else float(points.good.sum()) / whole
    span_ = Span(series.born, series.end)
    return Preview(
        rows,
        tuple(columns),
        len(table),
        span_,
        series.step_s,
        series.covered,
        of_values,
        good,
        events,
        overall,
        tuple(_remarks(series, notes, whole)),
    )


def _number(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None


def _course(series: Series) -> tuple[Floats, Floats]:
    points, length = series.points, max(1, series.end - series.born)
    part = np.minimum((points.time - series.born) * PARTS // length, PARTS - 1)
    rows = np.bincount(part, minlength=PARTS)
    total = np.bincount(part, points.total / points.scale, PARTS)
    if points.value is None:
        return _over(np.bincount(part, points.good / points.scale, PARTS), total), np.where(rows > 0, total, np.nan)
    known = np.isfinite(points.value)
    sums = np.bincount(part[known], points.value[known], PARTS)
    return _over(sums, np.bincount(part[known], minlength=PARTS)), np.where(rows > 0, rows, np.nan)


def _over(part: Numbers, whole: Numbers) -> Floats:
    result: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return result


def _remarks(series: Series, notes: Mapping[str, Span], whole: float) -> Iterator[Remark]:
    if not len(series.table):
        yield Remark("There is no row at all: the source knows nothing of this.", grave=True)
        return
    if not len(series.points):
        yield Remark("No row can be used.", grave=True)
    for message, number in Counter(one.message for one in series.refused).most_common(5):
        first = next(one for one in series.refused if one.message == message)
        where = f" ({first.column})" if first.column else ""
        yield Remark(f"{count(number, 'row')} set aside: {message}{where}.", grave=number * 10 > len(series.table))
    yield from (Remark(f"The source says: {note}.") for note in notes)
    yield from _gaps(series)
    points = series.points
    if points.value is None and len(points):
        if not whole:
            yield Remark("Nothing ever happened: every total is 0.", grave=True)
        elif (points.good == points.total).all():
            yield Remark("Not one bad event in all of it: make sure that failures are counted at all.")
        elif not points.good.any():
            yield Remark("Not one good event in all of it: are good and bad exchanged?", grave=True)
    if 0 < series.end - series.born < 7 * 86_400:
        yield Remark(f"Only {span(series.end - series.born)}: it takes 7 days before a target can be suggested.")


def _gaps(series: Series) -> Iterator[Remark]:
    if not len(series.points) or series.covered >= 1:
        return
    found = gaps(series.points.time, Span(series.born, series.end), series.step_s, GAPS)
    longest = span(found[0].length_s) if found else ""
    missing = f"{(1 - series.covered) * 100:.3g} % of its steps have no row"
    grave = series.covered < WELL / 2
    yield Remark(f"{missing}; the longest gap lasts {longest}. What is missing is unknown, not good.", grave=grave)
