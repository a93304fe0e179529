"""Which version counts, as pure functions over columns: the newest by (fence, seq), never by when it was known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.window import Span
from leeway.errors import Invalid
from leeway.ports.points import Rows

Columns = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one append, at most one per slice, and the span they touch in each series."""

    rows: Rows
    spans: tuple[tuple[int, Span], ...]


def take(rows: Rows, which: NDArray[np.intp] | NDArray[np.bool_]) -> Rows:
    """Some of the rows, in this order."""
    return Rows(rows.series[which], rows.time[which], rows.good[which], rows.total[which], rows.value[which])


def batch(rows: Rows) -> Batch:
    """Of several rows for one slice the last one counts. Columns of unequal length are refused."""
    rows = Rows(
        np.asarray(rows.series, np.int32),
        np.asarray(rows.time, np.int64),
        np.asarray(rows.good, np.int64),
        np.asarray(rows.total, np.int64),
        np.asarray(rows.value, np.float64),
    )
    if len({len(column) for column in (rows.series, rows.time, rows.good, rows.total, rows.value)}) > 1:
        raise Invalid("the columns of an append differ in length")
    if len(rows) == 0:
        return Batch(rows, ())
    order = np.lexsort((rows.time, rows.series))
    series, time = rows.series[order], rows.time[order]
    first = np.flatnonzero(np.r_[True, series[1:] != series[:-1]])
    last = np.r_[first[1:], len(series)] - 1
    ends = set(zip(time[first].tolist(), time[last].tolist(), strict=True))
    span = {pair: Span(pair[0], pair[1] + 1) for pair in ends}  # most series share one
    touched = zip(series[first].tolist(), time[first].tolist(), time[last].tolist(), strict=True)
    spans = tuple((number, span[start, end]) for number, start, end in touched)
    kept = np.r_[(series[1:] != series[:-1]) | (time[1:] != time[:-1]), True]
    if kept.all():
        return Batch(rows, spans)
    return Batch(take(rows, np.sort(order[kept])), spans)  # in the order they were given


def newest(columns: Columns, *, ordered: bool = False) -> Rows:
    """The newest version of each slice, by (time, series), or as it was given if that is `ordered`.

    Ordered is by time and series, in either order, then by fence and seq.
    """
    series, time = columns["series"].astype(np.int32, copy=False), columns["time"].astype(np.int64, copy=False)
    good, total = columns["good"].astype(np.int64, copy=False), columns["total"].astype(np.int64, copy=False)
    rows = Rows(series, time, good, total, columns["value"].astype(np.float64, copy=False))
    if not ordered and not np.all((time[1:] > time[:-1]) & (series[1:] == series[:-1])):
        rows = take(rows, np.lexsort((columns["seq"], columns["fence"], series, time)))
    if len(rows) == 0:
        return rows
    kept = np.r_[(rows.time[1:] != rows.time[:-1]) | (rows.series[1:] != rows.series[:-1]), True]
    return rows if kept.all() else take(rows, kept)
