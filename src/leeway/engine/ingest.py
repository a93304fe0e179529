"""Pushed points: names become series, rows are inspected together, one durable append answers them all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from leeway.core.points import Points
from leeway.core.quality import Fault, Kind, Measured
from leeway.engine.catalog import Feed
from leeway.engine.intake import Intake, rows_of
from leeway.ports.points import Key, Rows
from leeway.ports.push import PushBatch, Receipt, Refusal
from leeway.spec.nearest import did_you_mean

SAID = 100
"""Refusals told one by one in a receipt; all are counted."""


@dataclass(frozen=True, slots=True)
class _Part:
    points: Points
    series: int
    refusals: list[Refusal]


def ingest(batch: PushBatch, feeds: dict[str, Feed], intake: Intake, *, now: float, key: Key | None) -> Receipt:
    """Takes a batch. Blocking; raises StoreFull (nothing was taken) and Conflict (the key was used for other content).

    Of rows with one series and time the later stands. A row that cannot be trusted never costs its neighbours.
    """
    order = np.argsort(batch.series, kind="stable")
    numbers, starts = np.unique(batch.series[order], return_index=True)
    parts = [
        _part(batch, at, feeds.get(batch.names[number]), batch.names[number], feeds, intake, now)
        for number, at in zip(numbers, np.split(order, starts[1:])[: len(numbers)], strict=True)  # none of none
    ]
    refusals = [*batch.refused, *(refusal for part in parts for refusal in part.refusals)]
    rows = _together([rows_of(part.series, part.points) for part in parts if len(part.points)])
    appended = intake.append(rows, now=now, key=key)
    reasons = Counter(refusal.reason for refusal in refusals)
    if not appended.repeated:
        intake.accepted += len(rows)
        intake.quarantined.update(reasons)
    superseded = len(batch) + len(batch.refused) - len(refusals) - len(rows)
    return Receipt(
        accepted=0 if appended.repeated else len(rows),
        repeated=len(rows) + superseded if appended.repeated else superseded,
        quarantined=tuple(sorted(reasons.items())),
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.row)[:SAID]),
        seq=appended.seq,
    )


def _part(
    batch: PushBatch, at: np.ndarray, feed: Feed | None, name: str, feeds: dict[str, Feed], intake: Intake, now: float
) -> _Part:
    if feed is None:
        message = "; ".join(filter(None, (f"no SLO takes points as {name!r}", did_you_mean(name, feeds))))
        return _Part(Points.empty(), 0, [Refusal(int(row), "unknown-slo", message) for row in batch.row[at]])
    wanted = batch.value if feed.kind is not Kind.COUNTS else batch.total
    fits = ~np.isnan(wanted[at])
    refusals = [
        Refusal(int(row), "wrong-columns", f"{name} takes {_columns(feed.kind)}") for row in batch.row[at[~fits]]
    ]
    at = at[fits]
    rows = Measured(batch.time[at], batch.good[at], None, batch.total[at], batch.value[at])
    points, faults = intake.check(feed, rows, now)
    for place in np.flatnonzero(faults != Fault.NONE):
        fault = Fault(faults[place])
        refusals.append(Refusal(int(batch.row[at[place]]), fault.reason, fault.sentence))
    return _Part(points, feed.series.id, refusals)


def _columns(kind: Kind) -> str:
    return "good (or bad) and total" if kind is Kind.COUNTS else "value"


def _together(parts: list[Rows]) -> Rows:
    if not parts:
        none = np.empty(0, np.int64)
        return Rows(np.empty(0, np.int32), none, none, none, np.empty(0))
    return Rows(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("series", "time", "good", "total", "value")
        )
    )
