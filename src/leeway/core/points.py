"""Measurements as arrays: what a series is known to have been, one row per step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Sketches = NDArray[np.object_]
"""Packed histograms (bytes, see core.histogram), None where there is none."""


@dataclass(frozen=True, slots=True)
class Points:
    """Rows of one series, at most one per step, in the order of time.

    `time` is the start of the step in epoch seconds. Counts are whole quanta: `scale` of them make one event, so sums
    are exact. `value` holds the raw value of a threshold series (its counts are then 0 or 1 event, decided by each
    objective's own threshold) and is None for ratio series. A step without a row is unknown; `total` 0 says that
    nothing happened. All arrays have the same length.

    A row of a threshold series may hold a histogram in `sketch` instead of a value, which is NaN then: `total` counts
    its events. `sketch` is None where no row has one.
    """

    time: Ints
    good: Ints
    total: Ints
    value: Floats | None = None
    scale: int = 1
    sketch: Sketches | None = None

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, at: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Points:
        value = None if self.value is None else self.value[at]
        sketch = None if self.sketch is None else self.sketch[at]
        return Points(self.time[at], self.good[at], self.total[at], value, self.scale, sketch)

    @classmethod
    def empty(cls, scale: int = 1) -> Points:
        """No rows at all: nothing is known."""
        none = np.empty(0, np.int64)
        return cls(none, none, none, None, scale)
