"""What was set aside of each series since the start: how often for which reason, and the last rows."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

import numpy as np

from leeway.core.quality import Fault, Faults, Measured, at_fault

EXAMPLES = 5
"""Rows that are kept of each series."""


@dataclass(frozen=True, slots=True)
class Example:
    """A row as it was received: its time, its numbers by name, and which of them are at fault."""

    fault: Fault
    time: int
    received_at: float
    numbers: tuple[tuple[str, float], ...]
    at_fault: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """By reason how many rows, and the last examples, newest first."""

    counts: tuple[tuple[Fault, int], ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(slots=True)
class _Kept:
    counts: Counter[Fault] = field(default_factory=Counter)
    examples: deque[Example] = field(default_factory=lambda: deque(maxlen=EXAMPLES))


class Quarantine:
    """Safe from any thread; a restart forgets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: defaultdict[int, _Kept] = defaultdict(_Kept)

    def note(self, series: int, rows: Measured, faults: Faults, now: float) -> None:
        """Adds the rows that have a fault."""
        places = np.flatnonzero(faults != Fault.NONE)
        if not len(places):
            return
        with self._lock:
            kept = self._kept[series]
            for fault, count in zip(*np.unique(faults[places], return_counts=True), strict=True):
                kept.counts[Fault(fault)] += int(count)
            kept.examples.extendleft(_example(rows, faults, int(place), now) for place in places[-EXAMPLES:])

    def of(self, series: int) -> SetAside:
        """What is known of one series."""
        with self._lock:
            kept = self._kept.get(series, _Kept())
            return SetAside(tuple(kept.counts.most_common()), tuple(kept.examples))


def _example(rows: Measured, faults: Faults, place: int, now: float) -> Example:
    columns = {"good": rows.good, "bad": rows.bad, "total": rows.total, "value": rows.value}
    numbers = tuple((name, float(column[place])) for name, column in columns.items() if column is not None)
    fault = Fault(faults[place])
    return Example(fault, int(rows.time[place]), now, numbers, at_fault(fault, rows, place))
