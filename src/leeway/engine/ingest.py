"""Pushed points: names become series, rows are inspected together, one durable append answers them all."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Sketches
from leeway.core.quality import Fault, Faults, Kind, Measured, as_points, inspect
from leeway.engine.catalog import STEP_S, Feed
from leeway.engine.intake import Intake, rows_of
from leeway.ports.points import Key, Rows
from leeway.ports.push import PushBatch, Receipt, Refusal
from leeway.spec.nearest import did_you_mean

SAID = 100
"""Refusals told one by one in a receipt; all are counted."""


_Like = tuple[Kind, int, int]
"""What decides how rows are inspected: kind, scale and the largest count."""


@dataclass(frozen=True, slots=True)
class _Part:
    rows: Rows
    refusals: list[Refusal]
    faulty: tuple[tuple[int, Measured, Faults], ...]


def ingest(batch: PushBatch, feeds: dict[str, Feed], intake: Intake, *, now: float, key: Key | None) -> Receipt:
    """Takes a batch. Blocking; raises StoreFull (nothing was taken) and Conflict (the key was used for other content).

    Of rows with one series and time the later stands. A row that cannot be trusted never costs its neighbours.
    Rows of series that are alike are inspected at once: work for each series would cost more than all the rest.
    """
    refusals = list(batch.refused)
    alike: defaultdict[_Like, list[int]] = defaultdict(list)
    ids = np.zeros(len(batch.names), np.int32)
    for number, name in enumerate(batch.names):
        feed = feeds.get(name)
        if feed is None or feed.source is not None:
            refusals += _unwanted(batch, number, feeds)
        else:
            alike[feed.kind, feed.series.scale, feed.most].append(number)
            ids[number] = feed.series.id
    parts = [_part(batch, numbers, like, ids, now) for like, numbers in alike.items()]
    refusals += [refusal for part in parts for refusal in part.refusals]
    rows = _together([part.rows for part in parts if len(part.rows)])
    appended = intake.append(rows, now=now, key=key)
    reasons = Counter(refusal.reason for refusal in refusals)
    if not appended.repeated:
        intake.accepted += len(rows)
        intake.quarantined.update(reasons)
        for series, measured, faults in (each for part in parts for each in part.faulty):
            intake.set_aside.note(series, measured, faults, now)
    superseded = len(batch) + len(batch.refused) - len(refusals) - len(rows)
    return Receipt(
        accepted=0 if appended.repeated else len(rows),
        repeated=len(rows) + superseded if appended.repeated else superseded,
        quarantined=tuple(sorted(reasons.items())),
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.row)[:SAID]),
        seq=appended.seq,
    )


def _unwanted(batch: PushBatch, number: int, feeds: dict[str, Feed]) -> list[Refusal]:
    """Rows that nobody asked for: no SLO has that name, or a source is asked for its points."""
    rows = batch.row[batch.series == number].tolist()
    if not rows:
        return []
    name = batch.names[number]
    feed = feeds.get(name)
    if feed is not None and feed.source is not None:
        reason, message = "pulled", f"the points of {name} come from {feed.source.title}, which is asked for them"
    else:
        pushed = [one.name for one in feeds.values() if one.source is None]
        reason = "unknown-slo"
        message = "; ".join(filter(None, (f"no SLO takes points as {name!r}", did_you_mean(name, pushed))))
    return [Refusal(row, reason, message) for row in rows]


def _part(batch: PushBatch, numbers: list[int], like: _Like, ids: NDArray[np.int32], now: float) -> _Part:
    """The rows of all series with these numbers, whose feeds are alike: by series and time, one of each slice."""
    kind, scale, most = like
    own = np.zeros(len(ids), np.bool_)
    own[numbers] = True
    at = np.flatnonzero(own[batch.series])
    fits = ~np.isnan((batch.value if kind is not Kind.COUNTS else batch.total)[at])
    if kind is Kind.VALUE and batch.histogram is not None:
        fits |= batch.histogram[at] != np.array(None)
    refusals = [
        Refusal(int(batch.row[place]), "wrong-columns", f"{batch.names[batch.series[place]]} takes {_columns(kind)}")
        for place in at[~fits]
    ]
    at = at[fits]
    histogram = None if batch.histogram is None else batch.histogram[at]
    measured = Measured(batch.time[at], batch.good[at], None, batch.total[at], batch.value[at], histogram)
    faults = inspect(kind, measured, step_s=STEP_S, now=now, scale=scale, most=most)
    for place in np.flatnonzero(faults != Fault.NONE):
        fault = Fault(faults[place])
        refusals.append(Refusal(int(batch.row[at[place]]), fault.reason, fault.sentence))
    series, time, keep = ids[batch.series[at]], measured.time, np.flatnonzero(faults == Fault.NONE)
    order = keep[np.lexsort((time[keep], series[keep]))]
    again = (np.diff(series[order]) == 0) & (np.diff(time[order]) == 0)
    order = order[np.append(~again, True)[: len(order)]]
    points = as_points(kind, measured, order, scale=scale)
    wrong = set(series[faults != Fault.NONE].tolist())
    said = replace(measured, value=None) if kind is Kind.COUNTS else replace(measured, good=None, total=None)
    faulty = tuple((number, said[series == number], faults[series == number]) for number in wrong)
    return _Part(replace(rows_of(0, points), series=series[order]), refusals, faulty)


def _columns(kind: Kind) -> str:
    match kind:
        case Kind.COUNTS:
            return "good (or bad) and total"
        case Kind.VALUE:
            return "value, or a histogram"
        case _:
            return "value"


def _together(parts: list[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        none = np.empty(0, np.int64)
        return Rows(np.empty(0, np.int32), none, none, none, np.empty(0))
    names = ("series", "time", "good", "total", "value")
    rows = Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return replace(rows, sketch=_sketches(parts))


def _sketches(parts: list[Rows]) -> Sketches | None:
    if all(part.sketch is None for part in parts):
        return None
    return np.concatenate([np.full(len(part), None) if part.sketch is None else part.sketch for part in parts])
