"""How a ledger's rows are laid out: which widths its columns need, and how far minutes and hours reach back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leeway.core.objective import DAY_S, Method

MINUTE_S = 60
HOUR_S = 3_600
MINUTES = DAY_S // MINUTE_S
HOURS = DAY_S // HOUR_S

MINUTE_DAYS = 4
"""Days kept as minutes: today and three whole days before it, so every span up to 3 d is exact to the minute."""

HOUR_REACHES = (35, 100, 400, 1_200)
"""Days kept as hours; a ledger takes the smallest that holds its longest window."""


Width = np.dtype[np.int64] | np.dtype[np.uint16]
WIDE: Width = np.dtype(np.int64)
NARROW: Width = np.dtype(np.uint16)
COVERED = NARROW


@dataclass(frozen=True, slots=True)
class Layout:
    """Widths of the within-day prefix sums and the days of hour rows. Equal layouts share a ledger.

    Counts of slices and of covered steps fit 16 bits within a day of minutes; events and ratio quanta need 64. Those
    whose counts may be in doubt have ledgers of their own, so that others need not keep room for it.
    """

    bad: Width
    total: Width
    hour_days: int
    may_doubt: bool = False

    @property
    def bytes_per_row(self) -> int:
        """Bytes that one objective takes per row of minutes or hours."""
        return int(self.bad.itemsize + self.total.itemsize + COVERED.itemsize)


def layout_for(method: Method, window_s: int, *, may_doubt: bool = False) -> Layout:
    """The layout that holds this method's tallies over a window of this length.

    >>> layout_for(Method.TIMESLICES, 30 * 86_400).bytes_per_row
    6
    """
    bad = NARROW if method is Method.TIMESLICES else WIDE
    total = WIDE if method.counts_events else NARROW
    days = -(-window_s // DAY_S) + 1
    reach = next((reach for reach in HOUR_REACHES if reach >= days), days)
    return Layout(bad, total, reach, may_doubt)
