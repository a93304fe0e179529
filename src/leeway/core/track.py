"""Prefix sums of one objective: any span of its past is two look-ups. For one-off evaluations and the fine print.

The live ledger (core.ledger) answers the same questions for thousands of objectives at once; both hold the same law:
a look-up equals the naive sum over the judged slices that start in the span.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from leeway.core.judge import Judged
from leeway.core.points import Ints
from leeway.core.tally import Tally
from leeway.core.window import Span


@dataclass(frozen=True, slots=True)
class Track:
    """`bad` and `total` are exclusive prefix sums over judged slices, `row` the times of steps that have a row.

    `doubt` is the prefix sum of what of `bad` may be good; None where everything is exact.
    """

    start: Ints
    bad: Ints
    total: Ints
    row: Ints
    doubt: Ints | None = None

    @classmethod
    def of(cls, judged: Judged, row: Ints) -> Track:
        """From judged slices and the times of all rows, both ascending."""
        doubt = None if judged.doubt is None else _prefix(judged.doubt)
        return cls(judged.start, _prefix(judged.bad), _prefix(judged.total), row, doubt)

    @property
    def certain(self) -> Track:
        """Only what is certainly bad: what alerts decide on."""
        return self if self.doubt is None else replace(self, bad=self.bad - self.doubt, doubt=None)

    def within(self, span: Span) -> Track:
        """Only the slices and rows that start in the span."""
        first, last = np.searchsorted(self.start, (span.start, span.end))
        rows = np.searchsorted(self.row, (span.start, span.end))
        bad, total = (each[first : last + 1] - each[first] for each in (self.bad, self.total))
        doubt = None if self.doubt is None else self.doubt[first : last + 1] - self.doubt[first]
        return Track(self.start[first:last], bad, total, self.row[slice(*rows)], doubt)

    def tally(self, span: Span) -> Tally:
        """What the slices and rows that start in the span add up to."""
        first, last = np.searchsorted(self.start, (span.start, span.end))
        rows = np.searchsorted(self.row, (span.start, span.end))
        doubt = 0 if self.doubt is None else int(self.doubt[last] - self.doubt[first])
        bad, total = (int(each[last] - each[first]) for each in (self.bad, self.total))
        return Tally(bad, total, int(rows[1] - rows[0]), doubt)


def _prefix(amount: Ints) -> Ints:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(amount)))
