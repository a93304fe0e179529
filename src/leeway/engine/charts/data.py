"""How good the data of an objective is: what came, when, what is missing, what was set aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from leeway.core.gaps import gaps
from leeway.core.ledger.grid import HOUR_S, HOURS
from leeway.core.objective import DAY_S
from leeway.core.spread import Spread, spread
from leeway.core.window import Span
from leeway.engine.book import Book
from leeway.engine.book.increments import as_points
from leeway.engine.catalog import STEP_S
from leeway.engine.charts.hours import hours
from leeway.engine.goal import Goal
from leeway.engine.quarantine import SetAside
from leeway.ports.points import Collected, PointStore, Received

BY_THE_HOUR_S = 15 * DAY_S
"""The coverage of a longer span is told by the day."""

GAPS = 100
READINGS = 100
"""The newest, of which notes are counted."""

SHOWN = 5
LATE_S = 900
"""A row that came so long after its step was over came late: the last minutes are asked again, more is no delay."""


@dataclass(frozen=True, slots=True)
class Covered:
    """The share of a part of the span that has rows, None before the series was born."""

    at: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was received, in events and values; `stands`: no newer one has come for its step."""

    time: int
    good: float | None
    total: float | None
    value: float | None
    known_at: float
    stands: bool


@dataclass(frozen=True, slots=True)
class Data:
    """Of a span. `steps` have rows, `corrected` of them had another before; `late` rows came long after their time.

    `strip` are parts of `part_s`. `notes` are what sources said of their answers, with how often. `born` is when the
    first row ever began.
    """

    span: Span
    born: int | None
    coverage: float | None
    part_s: int
    strip: tuple[Covered, ...]
    gaps: tuple[Span, ...]
    steps: int
    corrected: int
    late: int
    delay_s: tuple[float, float] | None
    newest: tuple[Row, ...]
    set_aside: SetAside
    readings: tuple[Collected, ...]
    notes: tuple[tuple[str, int], ...]
    spread: Spread | None


def data(goal: Goal, book: Book, points: PointStore, set_aside: SetAside, span: Span, as_of: int, newest: int) -> Data:
    """The data of the span, which ends at `as_of` at the latest. Blocking."""
    extent = points.extent().get(goal.series)
    born = None if extent is None else extent.start
    known = Span(span.end if born is None else min(span.end, max(span.start, born)), span.end)
    received = points.received(goal.series, span)
    standing = np.sort(received.time[received.stands])
    readings = points.readings(goal.series, span, limit=READINGS)
    behind = np.maximum(0.0, received.known_at / 1e6 - received.time - STEP_S)
    rows = points.read(goal.series, span)
    part_s, strip = _strip(goal, book, points, span, known, as_of)
    steps = known.length_s // STEP_S
    return Data(
        span,
        born,
        len(standing[standing >= known.start]) / steps if steps else None,
        part_s,
        strip,
        gaps(standing, known, STEP_S, GAPS),
        len(standing),
        len(np.unique(received.time[~received.stands])),
        int(np.count_nonzero(behind > LATE_S)),
        (float(np.median(behind)), float(behind.max())) if len(behind) else None,
        _newest(goal, received, newest),
        set_aside,
        readings[:SHOWN],
        tuple(Counter(note for one in readings for note in one.provenance.notes).most_common()),
        spread(as_points(rows, goal)),
    )


def _strip(
    goal: Goal, book: Book, points: PointStore, span: Span, known: Span, as_of: int
) -> tuple[int, tuple[Covered, ...]]:
    part_s = HOUR_S if span.length_s <= BY_THE_HOUR_S else DAY_S
    days = Span(span.start // DAY_S * DAY_S, -(-span.end // DAY_S) * DAY_S)
    covered = hours(goal, book, points, days, as_of).covered
    if part_s == DAY_S:
        covered = covered.reshape(-1, HOURS).sum(axis=1)
    found = []
    for at, count in zip(range(days.start, days.end, part_s), covered.tolist(), strict=True):
        whole = min(at + part_s, as_of) - max(at, known.start)
        if at + part_s > span.start and at < span.end:
            found.append(Covered(at, min(1.0, count * STEP_S / whole) if whole > 0 else None))
    return part_s, tuple(found)


def _newest(goal: Goal, received: Received, most: int) -> tuple[Row, ...]:
    rows = []
    for place in range(len(received) - 1, max(-1, len(received) - 1 - most), -1):
        value = float(received.value[place])
        counts = goal.objective.threshold is None
        rows.append(
            Row(
                int(received.time[place]),
                int(received.good[place]) / goal.scale if counts else None,
                int(received.total[place]) / goal.scale if counts or np.isnan(value) else None,
                None if np.isnan(value) else value,
                int(received.known_at[place]) / 1e6,
                bool(received.stands[place]),
            )
        )
    return tuple(rows)
