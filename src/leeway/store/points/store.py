"""The PointStore of one machine: DuckDB behind one writer."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import structlog

from leeway.core.window import Span
from leeway.errors import Conflict
from leeway.ports.points import Appended, Change, Changes, Collected, Key, Minutes, Received, Rows, Tallies
from leeway.store.disk import copy as copy_through
from leeway.store.disk import refusals, write_through
from leeway.store.points import maintenance, reads
from leeway.store.points.database import Database, note, noted
from leeway.store.points.days import Days
from leeway.store.points.extents import Extents
from leeway.store.points.schema import STEPS
from leeway.store.points.versions import batch
from leeway.store.points.writer import Request, Writer

_log = structlog.get_logger(__name__)


HOURS_MARK = "hours_mark"


class DuckPoints:
    """`leeway.ports.points.PointStore` in one DuckDB file. `memory` bounds DuckDB's own memory, not the answers'.

    Finished days of ledgers are kept in the folder `days`, if there is one.
    """

    def __init__(
        self,
        path: Path,
        *,
        memory: str = "1GB",
        threads: int = 2,
        days: Path | None = None,
        steps: tuple[str, ...] = STEPS,
    ) -> None:
        self._database = Database(path, memory=memory, threads=threads, steps=steps)
        self._days = Days(days, self._database)
        self._listeners: tuple[Callable[[Changes], None], ...] = ()
        self._door = threading.Lock()
        self._rare = threading.Lock()  # compaction, retention and backup take turns; each may delete what another moves
        self._roll_up = threading.Lock()
        self._extents = Extents(lambda: self._database.run(reads.extent))
        self._writer = Writer(self._database, self._announce)

    def append(
        self,
        rows: Rows,
        *,
        known_at: int,
        fence: int = 0,
        readings: Sequence[Collected] = (),
        key: Key | None = None,
    ) -> Appended:
        """Waits until the writer has made it durable."""
        return self._writer.submit(Request(batch(rows), known_at, fence, tuple(readings), key)).result()

    def read(self, series: int, span: Span, *, as_known_at: int | None = None) -> Rows:
        """Newest version of each slice of one series."""
        return self._database.run(lambda cursor: reads.one_series(cursor, series, span, as_known_at))

    def received(self, series: int, span: Span) -> Received:
        """Every version, wherever it lies."""
        return self._database.run(lambda cursor: reads.received(cursor, series, span))

    def read_all(self, series: Sequence[int], span: Span) -> Rows:
        """Newest versions of many series; the answer itself is held in memory, so ask for a day or two at a time."""
        return self._database.run(lambda cursor: reads.many_series(cursor, series, span))

    def extent(self) -> dict[int, Span]:
        """Per series its first to just after its last slice."""
        return self._extents.all()

    def readings(self, series: int, span: Span, *, limit: int = 100) -> tuple[Collected, ...]:
        """Readings that overlap the span, newest first."""
        return self._database.run(lambda cursor: reads.readings(cursor, series, span, limit))

    def last_readings(self) -> dict[int, Collected]:
        """Per series the reading with the latest end."""
        return self._database.run(reads.last_readings)

    def follow(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Announces from now on, before the append is acknowledged; a listener must be quick."""
        with self._door:
            self._listeners = (*self._listeners, listener)

        def stop() -> None:
            with self._door:
                self._listeners = tuple(each for each in self._listeners if each is not listener)

        return stop

    def changes(self, after_seq: int, *, before: int | None = None) -> tuple[Change, ...]:
        """Changes since, as far back as rows are retained."""
        return self._database.run(lambda cursor: reads.changes(cursor, after_seq, before))

    def save_hours(self, tallies: Tallies) -> None:
        """Replaces the roll-up of these (objective, hour) pairs."""
        with self._roll_up:
            self._database.transact(lambda cursor: maintenance.save_hours(cursor, tallies))

    def hours(self, objectives: Sequence[int], span: Span) -> Tallies:
        """The roll-up, by (hour, objective)."""
        return self._database.run(lambda cursor: reads.hours(cursor, objectives, span))

    def mark_hours(self, seq: int) -> None:
        """Notes how far the roll-up reflects the points."""
        with self._roll_up:
            self._database.transact(lambda cursor: note(cursor, HOURS_MARK, seq))

    def hours_mark(self) -> int:
        """How far the roll-up reflects the points."""
        return self._database.run(lambda cursor: noted(cursor, HOURS_MARK))

    def keep_hours(self, objectives: Sequence[int]) -> None:
        """Forgets the roll-up of all other objectives; writes nothing when there are none."""
        with self._roll_up:
            self._database.transact(lambda cursor: maintenance.keep_hours(cursor, objectives))

    def keep_minutes(self, days: Mapping[int, Sequence[Minutes]]) -> None:
        """In files; one that cannot be written is not kept."""
        with self._roll_up:
            self._days.keep(days)

    def kept_minutes(self, day: int, objectives: Sequence[int]) -> Iterator[Minutes]:
        """From its file, if that is what was kept last."""
        return self._days.read(day, objectives)

    def compact(self, day: int) -> None:
        """Sorts one day into history; again after late rows came for it."""
        with self._rare:
            self._database.transact(lambda cursor: maintenance.compact(cursor, day))

    def retain(self, before: int) -> int:
        """Deletes what is older. The file keeps its size; the room in it is used again."""
        with self._rare:
            try:
                return self._database.transact(lambda cursor: maintenance.retain(cursor, before))
            finally:
                self._extents.forget()

    def backup(self, to: Path) -> None:
        """Writes `to/points.duckdb` from one snapshot; needs room for the copy beside the original while it runs."""
        if to.exists() and any(to.iterdir()):
            raise Conflict("a backup goes into a new or empty folder", place=str(to))
        staging = self._database.staging
        with self._rare, refusals(to):
            shutil.rmtree(staging, ignore_errors=True)  # left by a backup that was killed
            staging.mkdir(mode=0o700)
            try:
                copy = staging / self._database.path.name
                self._database.run(lambda cursor: maintenance.copy_to(cursor, self._database.path.stem, copy))
                to.mkdir(mode=0o700, parents=True, exist_ok=True)
                copy_through(copy, to / copy.name)
                write_through(to)
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def close(self) -> None:
        """Ends the writer after what was handed to it is durable, then gives the file up."""
        self._writer.close()
        self._database.close()

    def _announce(self, parts: Sequence[Changes]) -> None:
        changes = Changes.gathered(parts)
        if not len(changes):
            return
        self._extents.widen(changes)
        for listener in self._listeners:
            try:
                listener(changes)
            except Exception:  # noqa: BLE001 - a follower's fault must not unsay what is durable; it is recorded
                _log.exception("a follower of the points failed")
