"""Points in a list: the plainest store that keeps the port's promises, for tests of what stands above it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from leeway.core.window import Span
from leeway.errors import Conflict, Invalid, Permanent
from leeway.ports.points import Appended, Change, Changes, Collected, Key, Minutes, Received, Rows, Tallies


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one slice, as it was appended."""

    series: int
    time: int
    good: int
    total: int
    value: float
    known_at: int
    fence: int
    seq: int
    sketch: bytes | None = None


@dataclass(slots=True)
class Held:
    """What a disk would hold. Given to a new MemoryPoints, it is the store reopened."""

    versions: list[Version] = field(default_factory=list)
    readings: list[tuple[int, Collected]] = field(default_factory=list)
    receipts: dict[str, tuple[str, int, Appended]] = field(default_factory=dict)
    hours: dict[tuple[int, int], tuple[int, int, int, int]] = field(default_factory=dict)
    hours_mark: int = 0
    minutes: dict[int, tuple[Minutes, ...]] = field(default_factory=dict)
    seq: int = 0


class MemoryPoints:
    """`leeway.ports.points.PointStore` without a disk. Slow and simple on purpose; it is also the model for laws."""

    def __init__(self, held: Held | None = None) -> None:
        self.held = held or Held()
        self._listeners: list[Callable[[Changes], None]] = []
        self._lock = threading.RLock()
        self._closed = False

    def append(
        self,
        rows: Rows,
        *,
        known_at: int,
        fence: int = 0,
        readings: Sequence[Collected] = (),
        key: Key | None = None,
    ) -> Appended:
        """At once, and announced before it returns."""
        sketch = [None] * len(rows) if rows.sketch is None else rows.sketch.tolist()
        columns = (rows.series, rows.time, rows.good, rows.total, rows.value, sketch)
        if len({len(column) for column in columns}) > 1:
            raise Invalid("the columns of an append differ in length")
        with self._lock:
            if self._closed:
                raise Permanent("the points are closed")
            if key and key.key in self.held.receipts:
                return self._repeated(key)
            self.held.seq += 1
            last = {
                (int(series), int(time)): Version(
                    int(series), int(time), int(good), int(total), float(value), known_at, fence, self.held.seq, packed
                )
                for series, time, good, total, value, packed in zip(*columns, strict=True)
            }
            self.held.versions.extend(last.values())
            self.held.readings.extend((self.held.seq, each) for each in readings)
            appended = Appended(self.held.seq, len(last))
            if key:
                self.held.receipts[key.key] = (key.digest, known_at, appended)
            changes = _changes(last.values())
            for listener in tuple(self._listeners) if changes else ():
                listener(_columns(changes))
            return appended

    def read(self, series: int, span: Span, *, as_known_at: int | None = None) -> Rows:
        """The greatest (fence, seq) of each slice among what was known by then."""
        return _rows(self._newest({series}, span, as_known_at))

    def received(self, series: int, span: Span) -> Received:
        """All versions, sorted."""
        with self._lock:
            newest = {(one.time, one.fence, one.seq) for one in self._newest({series}, span, None)}
            every = [one for one in self.held.versions if one.series == series and span.holds(one.time)]
        every.sort(key=lambda one: (one.seq, one.time))
        columns = zip(*((one.time, one.good, one.total, one.known_at) for one in every), strict=True)
        time, good, total, known_at = (np.array(each, np.int64) for each in (tuple(columns) or ((),) * 4))
        value = np.array([one.value for one in every], np.float64)
        stands = np.array([(one.time, one.fence, one.seq) in newest for one in every], np.bool_)
        return Received(time, good, total, value, known_at, stands)

    def read_all(self, series: Sequence[int], span: Span) -> Rows:
        """As `read`, for many."""
        return _rows(self._newest(set(series), span, None))

    def extent(self) -> dict[int, Span]:
        """From the first to just after the last slice."""
        times: dict[int, list[int]] = {}
        with self._lock:
            for each in self.held.versions:
                times.setdefault(each.series, []).append(each.time)
        return {series: Span(min(found), max(found) + 1) for series, found in sorted(times.items())}

    def readings(self, series: int, span: Span, *, limit: int = 100) -> tuple[Collected, ...]:
        """Newest first."""
        with self._lock:
            found = [
                (each.provenance.span.end, seq, each)
                for seq, each in self.held.readings
                if each.series == series
                and each.provenance.span.start < span.end
                and each.provenance.span.end > span.start
            ]
        return tuple(each for _, _, each in sorted(found, key=lambda row: row[:2], reverse=True)[:limit])

    def last_readings(self) -> dict[int, Collected]:
        """The latest end; of equal ends the one that came last."""
        latest: dict[int, tuple[tuple[int, int], Collected]] = {}
        with self._lock:
            for seq, each in self.held.readings:
                order = (each.provenance.span.end, seq)
                if each.series not in latest or order >= latest[each.series][0]:
                    latest[each.series] = (order, each)
        return {series: each for series, (_, each) in sorted(latest.items())}

    def follow(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Called by whoever appends."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def changes(self, after_seq: int, *, before: int | None = None) -> tuple[Change, ...]:
        """As far back as versions are held."""
        with self._lock:
            since = [each for each in self.held.versions if each.seq > after_seq]
            return _changes(each for each in since if before is None or each.time < before)

    def save_hours(self, tallies: Tallies) -> None:
        """One row per (objective, hour)."""
        doubt = np.zeros_like(tallies.bad) if tallies.doubt is None else tallies.doubt
        columns = (tallies.objective, tallies.hour, tallies.bad, tallies.total, tallies.covered, doubt)
        with self._lock:
            for objective, hour, *sums in zip(*(column.tolist() for column in columns), strict=True):
                self.held.hours[objective, hour] = tuple(sums)

    def hours(self, objectives: Sequence[int], span: Span) -> Tallies:
        """By (hour, objective)."""
        with self._lock:
            found = sorted(
                (hour, objective, *sums)
                for (objective, hour), sums in self.held.hours.items()
                if objective in objectives and span.holds(hour * 3600)
            )
        hour, objective, bad, total, covered, doubt = np.array(found, np.int64).reshape(len(found), 6).T
        return Tallies(objective.astype(np.int32), hour, bad, total, covered, doubt if doubt.any() else None)

    def mark_hours(self, seq: int) -> None:
        """Kept."""
        self.held.hours_mark = seq

    def hours_mark(self) -> int:
        """As kept."""
        return self.held.hours_mark

    def keep_hours(self, objectives: Sequence[int]) -> None:
        """Forgets the others."""
        with self._lock:
            self.held.hours = {pair: sums for pair, sums in self.held.hours.items() if pair[0] in objectives}

    def keep_minutes(self, days: Mapping[int, Sequence[Minutes]]) -> None:
        """Copies, for the ledgers go on."""
        self.held.minutes = {
            day: tuple(Minutes(part.objectives, tuple(sums.copy() for sums in part.sums)) for part in parts)
            for day, parts in days.items()
        }

    def kept_minutes(self, day: int, objectives: Sequence[int]) -> Iterator[Minutes]:
        """As they were given."""
        parts = self.held.minutes.get(day, ())
        return (part for part in parts if not set(objectives).isdisjoint(part.objectives))

    def compact(self, day: int) -> None:
        """Nothing to do: a list has one form."""

    def retain(self, before: int) -> int:
        """Deletes what is older."""
        held = self.held
        with self._lock:
            count = len(held.versions)
            held.versions = [each for each in held.versions if each.time >= before]
            held.readings = [(seq, each) for seq, each in held.readings if each.provenance.span.end > before]
            held.receipts = {key: each for key, each in held.receipts.items() if each[1] >= before * 1_000_000}
            return count - len(held.versions)

    def backup(self, to: Path) -> None:
        """Memory has no file to copy."""
        raise Permanent("points in memory cannot be backed up", place=str(to), mend="use a store with a disk")

    def close(self) -> None:
        """No append from now on."""
        with self._lock:
            self._closed = True

    def _repeated(self, key: Key) -> Appended:
        digest, _, first = self.held.receipts[key.key]
        if digest != key.digest:
            raise Conflict(f"the key {key.key!r} was used for other content", mend="use a new key for new content")
        return Appended(first.seq, first.rows, repeated=True)

    def _newest(self, series: set[int], span: Span, as_known_at: int | None) -> list[Version]:
        newest: dict[tuple[int, int], Version] = {}
        with self._lock:
            for each in self.held.versions:
                if each.series not in series or not span.holds(each.time):
                    continue
                if as_known_at is not None and each.known_at > as_known_at:
                    continue
                other = newest.get((each.series, each.time))
                if other is None or (each.fence, each.seq) > (other.fence, other.seq):
                    newest[each.series, each.time] = each
        return [newest[slice_] for slice_ in sorted(newest)]


def _changes(versions: Iterable[Version]) -> tuple[Change, ...]:
    times: dict[tuple[int, int], list[int]] = {}
    for each in versions:
        times.setdefault((each.seq, each.series), []).append(each.time)
    return tuple(
        Change(series, Span(min(found), max(found) + 1), seq) for (seq, series), found in sorted(times.items())
    )


def _columns(changes: Sequence[Change]) -> Changes:
    return Changes(
        np.array([change.series for change in changes], np.int32),
        np.array([change.span.start for change in changes], np.int64),
        np.array([change.span.end for change in changes], np.int64),
        np.array([change.seq for change in changes], np.int64),
    )


def _rows(versions: Sequence[Version]) -> Rows:
    sketch = np.array([*(each.sketch for each in versions), None], object)[:-1]
    return Rows(
        np.array([each.series for each in versions], np.int32),
        np.array([each.time for each in versions], np.int64),
        np.array([each.good for each in versions], np.int64),
        np.array([each.total for each in versions], np.int64),
        np.array([each.value for each in versions], np.float64),
        sketch if any(each.sketch for each in versions) else None,
    )
