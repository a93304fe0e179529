"""The store of points: everything ever known of every series, append-only in meaning, compacted in form.

A *version* of a slice is one appended row; the newest version is the one with the greatest `(fence, seq)`. `known_at`
is for reading the past ("as known at"), never for deciding which version wins. Times are epoch seconds, `known_at`
epoch microseconds. Every method is safe to call from any thread; all block, so never call them on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leeway.core.cells import Places
from leeway.core.points import Floats, Ints, Sketches
from leeway.core.window import Span
from leeway.ports.source import Provenance


@dataclass(frozen=True, slots=True)
class Rows:
    """Points of many series as columns. `value` is NaN for ratio series; counts are quanta (see core.points).

    `sketch` holds the packed histograms of the rows that have one; None where no row has.
    """

    series: NDArray[np.int32]
    time: Ints
    good: Ints
    total: Ints
    value: Floats
    sketch: Sketches | None = None

    def __len__(self) -> int:
        return len(self.time)

    def __getitem__(self, at: Places | NDArray[np.bool_]) -> Rows:
        sketch = None if self.sketch is None else self.sketch[at]
        return Rows(self.series[at], self.time[at], self.good[at], self.total[at], self.value[at], sketch)


@dataclass(frozen=True, slots=True)
class Received:
    """Versions of the slices of one series as columns, in the order of arrival, then of time.

    `stands` marks the newest version of each slice; `known_at` is epoch microseconds.
    """

    time: Ints
    good: Ints
    total: Ints
    value: Floats
    known_at: Ints
    stands: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class Tallies:
    """Judged hours of objectives as columns: the roll-up that makes a start fast. `hour` is epoch seconds // 3600.

    `doubt` is so much of bad as may be good; None where all is exact.
    """

    objective: NDArray[np.int32]
    hour: Ints
    bad: Ints
    total: Ints
    covered: Ints
    doubt: Ints | None = None

    def __len__(self) -> int:
        return len(self.hour)


@dataclass(frozen=True, slots=True)
class Minutes:
    """What ledgers hold of some objectives over a day (UTC) that is over; see core.ledger.

    `sums` are bad, total and covered, and doubt where it is kept: running sums since midnight after each of the day's
    minutes (rows), by objective (columns).
    """

    objectives: tuple[int, ...]
    sums: tuple[Ints, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A span of one series has new versions; announced after they are durable, in the order of `seq`."""

    series: int
    span: Span
    seq: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Many changes as columns, in the order of their `seq`; each of them, as a Change, to whoever walks over them.

    An append changes a thousand series as easily as one, so what follows a store works on the columns.
    """

    series: NDArray[np.int32]
    start: Ints
    end: Ints
    seq: Ints

    def __len__(self) -> int:
        return len(self.series)

    def __iter__(self) -> Iterator[Change]:
        columns = (self.series.tolist(), self.start.tolist(), self.end.tolist(), self.seq.tolist())
        return (Change(series, Span(start, end), seq) for series, start, end, seq in zip(*columns, strict=True))

    @classmethod
    def gathered(cls, parts: Sequence[Changes]) -> Changes:
        """All changes of some parts, one part after the other."""
        return cls(
            np.concatenate([part.series for part in parts]),
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
            np.concatenate([part.seq for part in parts]),
        )

    def joined(self) -> Changes:
        """One change for each series, from its first start to its last end, under its newest seq; by series."""
        if not len(self):
            return self
        order = np.argsort(self.series, kind="stable")
        series = self.series[order]
        first = np.flatnonzero(np.append(True, series[1:] != series[:-1]))
        return Changes(
            series[first],
            np.minimum.reduceat(self.start[order], first),
            np.maximum.reduceat(self.end[order], first),
            np.maximum.reduceat(self.seq[order], first),
        )


@dataclass(frozen=True, slots=True)
class Collected:
    """One reading of one series, kept so that every number leads back to its query."""

    series: int
    provenance: Provenance
    rows: int


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key with the digest of what it was used for."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Appended:
    """The acknowledgement: durable on disk. `repeated` is true when the key had been used for the same content."""

    seq: int
    rows: int
    repeated: bool = False


class PointStore(Protocol):
    """Durable points. Errors: StoreFull (nothing was acknowledged), Conflict (key reused), NewerFormat (on opening)."""

    def append(
        self,
        rows: Rows,
        *,
        known_at: int,
        fence: int = 0,
        readings: Sequence[Collected] = (),
        key: Key | None = None,
    ) -> Appended:
        """Returns when the rows, their readings and the key are durable in one transaction; group commit inside."""

    def read(self, series: int, span: Span, *, as_known_at: int | None = None) -> Rows:
        """Newest version of each slice of one series, by time; with `as_known_at`, newest of those known by then."""

    def received(self, series: int, span: Span) -> Received:
        """Every version of each slice of one series, as far back as they are kept."""

    def read_all(self, series: Sequence[int], span: Span) -> Rows:
        """Newest versions of many series at once, ordered by (series, time): for warming up a ledger."""

    def extent(self) -> dict[int, Span]:
        """Per series from its first row's time to one second after its last; without rows a series is absent."""

    def readings(self, series: int, span: Span, *, limit: int = 100) -> tuple[Collected, ...]:
        """Readings that overlap the span, newest first."""

    def last_readings(self) -> dict[int, Collected]:
        """Per series the reading with the latest end."""

    def follow(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Calls `listener` after each commit, from the writer's thread; returns how to stop."""

    def changes(self, after_seq: int, *, before: int | None = None) -> tuple[Change, ...]:
        """Changes with a greater seq, oldest first, as far back as they are kept; of slices before that time only."""

    def save_hours(self, tallies: Tallies) -> None:
        """Replaces the roll-up of these (objective, hour) pairs."""

    def hours(self, objectives: Sequence[int], span: Span) -> Tallies:
        """Roll-up rows whose hour starts in the span, ordered by (hour, objective)."""

    def mark_hours(self, seq: int) -> None:
        """Notes that the roll-up reflects every change up to `seq`; changes after it must be judged again."""

    def hours_mark(self) -> int:
        """The last mark, 0 if there is none."""

    def keep_hours(self, objectives: Sequence[int]) -> None:
        """Forgets the roll-up of all other objectives: of those that nobody follows any more."""

    def keep_minutes(self, days: Mapping[int, Sequence[Minutes]]) -> None:
        """Keeps these finished days (epoch days) for a quick start, in place of all that were kept before.

        They must reflect every change up to the next mark. May keep nothing: all of it can be judged again.
        """

    def kept_minutes(self, day: int, objectives: Sequence[int]) -> Iterator[Minutes]:
        """What was kept last, where it holds any of these objectives: to the bit as it was, or nothing."""

    def compact(self, day: int) -> None:
        """Moves one finished UTC day (epoch days) to history: newest versions sorted by series, older ones apart."""

    def retain(self, before: int) -> int:
        """Deletes points, versions, readings and keys older than epoch second `before`; returns rows deleted."""

    def backup(self, to: Path) -> None:
        """Writes a consistent copy into the new folder `to` while work goes on."""

    def close(self) -> None:
        """Ends the writer after what was handed to it is durable."""
