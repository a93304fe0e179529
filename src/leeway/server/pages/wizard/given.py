"""A series of a file becomes points of an SLO, as if somebody had pushed them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from leeway.lab.suggest import Series
from leeway.ports.push import PushBatch

AT_ONCE = 100_000


def batches(series: Series, slo: str) -> Iterator[PushBatch]:
    """All its rows in parts; of bad events the others are good."""
    table = series.table
    none = np.full(len(table), np.nan)
    total = none if table.total is None else table.total
    good = table.good if table.good is not None else none if table.bad is None else total - table.bad
    value = none if table.value is None or table.total is not None else table.value
    for start in range(0, len(table), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        count = len(table.time[part])
        yield PushBatch(
            (slo,),
            np.zeros(count, np.int32),
            table.time[part],
            good[part],
            total[part],
            value[part],
            np.arange(start, start + count),
            histogram=None if table.histogram is None else table.histogram[part],
        )
