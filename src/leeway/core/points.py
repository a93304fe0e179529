"""Measurements as arrays: what a series is known to have been, one row per step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Points:
    """Rows of one series, at most one per step, in the order of time.

    `time` is the start of the step in epoch seconds. Counts are whole quanta: `scale` of them make one event, so sums
    are exact. `value` holds the raw value of a threshold series (its counts are then 0 or 1 event, decided by each
    objective's own threshold) and is None for ratio series. A step without a row is unknown; `total` 0 says that
    nothing happened. All arrays have the same length.
    """

    time: Ints
    good: Ints
    total: Ints
    value: Floats | None = None
    scale: int = 1

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def empty(cls, scale: int = 1) -> Points:
        """No rows at all: nothing is known."""
        none = np.empty(0, np.int64)
        return cls(none, none, none, None, scale)
