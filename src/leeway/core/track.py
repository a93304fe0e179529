"""Prefix sums of one objective: any span of its past is two look-ups. For one-off evaluations and the fine print.

The live ledger (core.ledger) answers the same questions for thousands of objectives at once; both hold the same law:
a look-up equals the naive sum over the judged slices that start in the span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.judge import Judged
from leeway.core.points import Ints
from leeway.core.tally import Tally
from leeway.core.window import Span


@dataclass(frozen=True, slots=True)
class Track:
    """`bad` and `total` are exclusive prefix sums over judged slices, `row` the times of steps that have a row."""

    start: Ints
    bad: Ints
    total: Ints
    row: Ints

    @classmethod
    def of(cls, judged: Judged, row: Ints) -> Track:
        """From judged slices and the times of all rows, both ascending."""
        return cls(judged.start, _prefix(judged.bad), _prefix(judged.total), row)

    def tally(self, span: Span) -> Tally:
        """What the slices and rows that start in the span add up to."""
        first, last = np.searchsorted(self.start, (span.start, span.end))
        rows = np.searchsorted(self.row, (span.start, span.end))
        return Tally(
            int(self.bad[last] - self.bad[first]), int(self.total[last] - self.total[first]), int(rows[1] - rows[0])
        )


def _prefix(amount: Ints) -> Ints:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(amount)))
