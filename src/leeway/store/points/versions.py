"""Which version counts, as pure functions over columns: the newest by (fence, seq), never by when it was known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Ints
from leeway.errors import Invalid
from leeway.ports.points import Changes, Rows

Columns = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one append, at most one per slice, and for each of their series its first slice and the end of its last.

    `series` ascends; `start` and `end` belong to it.
    """

    rows: Rows
    series: NDArray[np.int32]
    start: Ints
    end: Ints

    def changes(self, seq: int) -> Changes:
        """What the append changed, once it is durable under this number."""
        return Changes(self.series, self.start, self.end, np.full(len(self.series), seq))


def batch(rows: Rows) -> Batch:
    """Of several rows for one slice the last one counts. Columns of unequal length are refused."""
    rows = Rows(
        np.asarray(rows.series, np.int32),
        np.asarray(rows.time, np.int64),
        np.asarray(rows.good, np.int64),
        np.asarray(rows.total, np.int64),
        np.asarray(rows.value, np.float64),
        None if rows.sketch is None else np.asarray(rows.sketch, object),
    )
    columns = (rows.series, rows.time, rows.good, rows.total, rows.value, rows.sketch)
    if len({len(column) for column in columns if column is not None}) > 1:
        raise Invalid("the columns of an append differ in length")
    ordered = rows
    if not steps(rows.series, rows.time).all():
        order = in_order(rows.series, rows.time)
        ordered = rows[order]
        kept = np.append(steps(ordered.series, ordered.time), True)
        if not kept.all():
            rows = rows[np.sort(order[kept])]  # in the order they were given
    if len(rows) == 0:
        return Batch(rows, rows.series, rows.time, rows.time)
    later = ordered.series[1:] != ordered.series[:-1]
    first, last = np.flatnonzero(np.append(True, later)), np.flatnonzero(np.append(later, True))
    return Batch(rows, ordered.series[first], ordered.time[first], ordered.time[last] + 1)


def newest(columns: Columns) -> Rows:
    """The newest version of each slice, by (series, time). `fence` and `seq` may be missing if no slice comes twice.

    `sketch` is there only where there are any.
    """
    series, time = columns["series"].astype(np.int32, copy=False), columns["time"].astype(np.int64, copy=False)
    good, total = columns["good"].astype(np.int64, copy=False), columns["total"].astype(np.int64, copy=False)
    sketch = columns["sketch"].astype(object, copy=False) if "sketch" in columns else None
    rows = Rows(series, time, good, total, columns["value"].astype(np.float64, copy=False), sketch)
    if len(rows) == 0 or steps(rows.series, rows.time).all():
        return rows
    order = in_order(series, time)
    ordered = rows[order]
    if steps(ordered.series, ordered.time).all():
        return ordered
    rows = rows[np.lexsort((columns["seq"], columns["fence"], time, series))]
    return rows[np.r_[(rows.series[1:] != rows.series[:-1]) | (rows.time[1:] != rows.time[:-1]), True]]


def steps(first: NDArray[np.integer[Any]], second: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Where the next one is later, by first, then second."""
    later: NDArray[np.bool_] = (first[1:] > first[:-1]) | ((first[1:] == first[:-1]) & (second[1:] > second[:-1]))
    return later


def in_order(first: NDArray[np.integer[Any]], second: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """Places by first, then second, stable: of one key where that fits 64 bits, ten times as fast where runs lie so."""
    if len(second) == 0:
        return np.empty(0, np.intp)
    since = second.astype(np.int64) - int(second.min())
    if since.max() >= 2**32 or int(first.max()) >= 2**31:
        return np.lexsort((second, first))
    return np.argsort(first.astype(np.int64) << 32 | since, kind="stable")


def among(numbers: NDArray[np.integer[Any]], wanted: Sequence[int]) -> NDArray[np.bool_]:
    """Which of the numbers are wanted; none are below zero."""
    flags = np.zeros(max(int(numbers.max(initial=0)), max(wanted, default=0)) + 1, np.bool_)
    flags[np.asarray(wanted, np.int64)] = True
    chosen: NDArray[np.bool_] = flags[numbers]
    return chosen
