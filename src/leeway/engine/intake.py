"""The one way into the store: whatever was measured is inspected, counted, and appended if it says something new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from leeway.core.points import Points
from leeway.core.quality import Fault, Faults, Measured, inspect, trusted
from leeway.engine.catalog import STEP_S, Feed
from leeway.engine.quarantine import Quarantine
from leeway.errors import Transient
from leeway.ports.points import Appended, Collected, Key, PointStore, Rows
from leeway.ports.source import Reading, Role


class Intake:
    """Counts what was offered, accepted and quarantined since the start; offered = accepted + quarantined.

    `set_aside` has the quarantined by series, with examples.
    `problem` says why the last append failed, "" when it did not.
    """

    def __init__(self, points: PointStore) -> None:
        self.points = points
        self.accepted = 0
        self.quarantined: Counter[str] = Counter()
        self.set_aside = Quarantine()
        self.problem = ""

    def check(self, feed: Feed, measured: Measured, now: float) -> tuple[Points, Faults]:
        """The rows that can be trusted as points, and each row's fault."""
        scale = feed.series.scale
        faults = inspect(feed.kind, measured, step_s=STEP_S, now=now, scale=scale, most=feed.most)
        return trusted(feed.kind, measured, faults, scale=scale), faults

    def count(self, points: int, faults: Faults) -> None:
        """Adds to the counters what became of a batch, once it is acknowledged."""
        self.accepted += points
        for fault, number in zip(*np.unique(faults, return_counts=True), strict=True):
            if fault != Fault.NONE:
                self.quarantined[Fault(fault).reason] += int(number)

    def append(self, rows: Rows, *, now: float, readings: Sequence[Collected] = (), key: Key | None = None) -> Appended:
        """Durable on return. Blocking."""
        try:
            appended = self.points.append(rows, known_at=int(now * 1_000_000), readings=readings, key=key)
        except Transient as error:
            self.problem = str(error)
            raise
        self.problem = ""
        return appended


def measured(reading: Reading) -> Measured:
    """A reading's columns as rows to inspect; steps for which a needed role has no number are left out: unknown."""
    columns = reading.columns
    known = np.ones(len(reading.time), np.bool_)
    for column in columns.values():
        known &= ~np.isnan(column)
    histogram = reading.histograms
    if histogram is not None:
        known |= histogram != np.array(None)
        histogram = histogram[known]

    def pick(*roles: Role) -> np.ndarray | None:
        return next((columns[role][known] for role in roles if role in columns), None)

    counts = pick(Role.GOOD), pick(Role.BAD), pick(Role.TOTAL)
    return Measured(reading.time[known], *counts, pick(Role.RAW, Role.VALUE), histogram)


def rows_of(series: int, points: Points) -> Rows:
    """Points as rows of one series."""
    value = np.full(len(points), np.nan) if points.value is None else points.value
    return Rows(np.full(len(points), series, np.int32), points.time, points.good, points.total, value, points.sketch)
