"""One DuckDB file, owned by one process: opening, cursors for any thread, and life after a full disk.

DuckDB lives on when a log write fails, but a checkpoint that fails (disk full) invalidates the whole instance: every
cursor must be closed and the file opened again. That happens here, out of sight: the next call waits until the running
ones have failed, reopens, and goes on. Until there is room again checkpoints are held back, or each append would fail
one. (Measured with DuckDB 2.0 on a full tmpfs.)
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import structlog

from leeway.errors import LeewayError, NewerFormat, Permanent, StoreFull, Transient
from leeway.store.points.schema import STEPS
from leeway.store.points.torn import mended

Cursor = duckdb.DuckDBPyConnection
T = TypeVar("T")

CHECKPOINT_BYTES = 16 * 1024 * 1024
_NEVER = "1TB"
MENDS = 16
"""More torn blocks than a kill can leave."""
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_FULL = ("No space left on device", "Disk quota exceeded", "File too large")

_log = structlog.get_logger(__name__)
_claimed: set[Path] = set()
_claims = threading.Lock()


def explained(error: duckdb.Error, path: Path) -> LeewayError | None:
    """What a person should read about a trouble of the disk or of memory; None when the fault is in our own SQL."""
    text = str(error)
    if any(sign in text for sign in _FULL):
        return StoreFull(
            "the disk is full; nothing was taken and nothing is damaged",
            place=str(path),
            mend="free some space; Leeway goes on by itself",
        )
    if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.OutOfMemoryException):
        return Transient(text.partition("\n")[0], place=str(path))
    return None


class Database:
    """The file and its connection. `run` and `transact` are safe from any thread; do not nest them."""

    def __init__(self, path: Path, *, memory: str, threads: int, steps: tuple[str, ...] = STEPS) -> None:
        self.path = path.resolve()
        self.staging = self.path.with_suffix(".staging")
        self._in_work = self.path.with_suffix(".in-work")
        self._settings = {"memory_limit": memory, "threads": str(threads)}
        self._gate = threading.Condition()
        self._users = 0
        self._invalid = False
        self._holding = False
        self._closed = False
        self._kept: Cursor | None = None
        self._claim()
        try:
            self._connection = self._connect()
        except BaseException:
            self._release()
            raise
        try:
            self.transact(lambda cursor: _migrate(cursor, steps, self.path))
        except BaseException:
            self.close()
            raise

    def run(self, work: Callable[[Cursor], T]) -> T:
        """Runs `work` on a cursor of its own; once more if the instance had to be reopened."""
        try:
            return self._run(work)
        except duckdb.FatalException:
            return self._explain(self._run, work)
        except duckdb.Error as error:
            raise (explained(error, self.path) or error) from error

    def transact(self, work: Callable[[Cursor], T]) -> T:
        """Runs `work` in one transaction: durable when this returns, without a trace when it raises StoreFull."""

        def whole(cursor: Cursor) -> T:
            cursor.execute("BEGIN")
            result = work(cursor)
            cursor.execute("COMMIT")
            return result

        return self._explain(self._run, whole)

    def run_kept(self, work: Callable[[Cursor], T]) -> T:
        """Runs `work` on the one cursor that stays open between calls, for the writer's thread alone.

        When it raises, what was not committed is undone, and the next call gets a new cursor.
        """
        return self._explain(self._run_kept, work)

    def tidy(self) -> None:
        """Lets checkpoints happen again once the disk has room for one; cheap, called after every commit."""
        if self._holding and self._has_room():
            with self._gate:
                self._holding = False
            self.run(lambda cursor: cursor.execute(f"SET checkpoint_threshold = '{CHECKPOINT_BYTES}b'"))
            _log.info("the disk has room again", path=str(self.path))

    def close(self) -> None:
        """Waits for running calls, then gives the file up."""
        with self._gate:
            if self._closed:
                return  # the file may have a new owner by now
            while self._users:
                self._gate.wait()
            self._closed = True
            self._drop_kept()
            self._connection.close()
            if not self._invalid:  # else the next opening has to look what the failed write left behind
                self._in_work.unlink(missing_ok=True)
        self._release()

    def _run(self, work: Callable[[Cursor], T]) -> T:
        with self._in_use():
            cursor = self._connection.cursor()
            try:
                return work(cursor)
            finally:
                cursor.close()  # rolls back what was not committed

    def _run_kept(self, work: Callable[[Cursor], T]) -> T:
        with self._in_use():
            if self._kept is None:
                self._kept = self._connection.cursor()
            try:
                return work(self._kept)
            except BaseException:
                self._drop_kept()
                raise

    def _drop_kept(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Keeps the connection as it is while it is used; opens it again first, if it has failed."""
        with self._gate:
            while self._invalid and self._users:
                self._gate.wait()
            if self._closed:
                raise Permanent("the points are closed", place=str(self.path))
            if self._invalid:
                self._reopen()
            self._users += 1
        try:
            yield
        except duckdb.FatalException:
            with self._gate:
                self._invalid = True
            raise
        finally:
            with self._gate:
                self._users -= 1
                self._gate.notify_all()

    def _explain(self, call: Callable[[Callable[[Cursor], T]], T], work: Callable[[Cursor], T]) -> T:
        try:
            return call(work)
        except duckdb.Error as error:
            raise (explained(error, self.path) or error) from error

    def _reopen(self) -> None:
        _log.warning("reopening the points after a failed write", path=str(self.path))
        self._holding = not self._has_room()
        self._drop_kept()
        self._connection.close()
        self._connection = self._connect()
        self._invalid = False

    def _has_room(self) -> bool:
        log = self.path.with_suffix(self.path.suffix + ".wal")
        pending = log.stat().st_size if log.exists() else 0
        return shutil.disk_usage(self.path.parent).free > 2 * pending + CHECKPOINT_BYTES // 4

    def _connect(self) -> duckdb.DuckDBPyConnection:
        threshold = _NEVER if self._holding else f"{CHECKPOINT_BYTES}b"
        killed = self._in_work.exists()
        for mends_left in range(MENDS if killed else 0, -1, -1):
            try:
                settings = {**self._settings, "checkpoint_threshold": threshold}
                connection = _opened(self.path, settings, thoroughly=killed)
                break
            except duckdb.Error as error:
                if not mends_left or not mended(self.path, str(error)):
                    raise _unopened(error, self.path) from error
        self._in_work.touch()
        staging = str(self.staging).replace("'", "''")
        connection.execute(f"SET allowed_directories = ['{staging}']")
        connection.execute("SET enable_external_access = false")
        return connection

    def _claim(self) -> None:
        # The lock on the file keeps other processes out, not a second opening in this one.
        with _claims:
            if self.path in _claimed:
                raise Transient("these points are open already in this process", place=str(self.path))
            _claimed.add(self.path)

    def _release(self) -> None:
        with _claims:
            _claimed.discard(self.path)


def _opened(path: Path, settings: dict[str, str], *, thoroughly: bool) -> Cursor:
    """`thoroughly` reads what describes each table: whether the file is whole is known now, not later."""
    connection = duckdb.connect(str(path), config=dict[str, Any](settings))
    if not thoroughly:
        return connection
    try:
        for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
            connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()  # noqa: S608 - names of our own schema
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _unopened(error: duckdb.Error, path: Path) -> LeewayError:
    text = str(error).partition("\n")[0]
    if holder := _HOLDER.search(text):
        return Transient(
            f"the points are in use by process {holder['pid']} ({Path(holder['program']).name})",
            place=str(path),
            mend="stop that process, or use another data folder",
        )
    if "version number" in text:
        return NewerFormat(f"this file was written by a newer DuckDB: {text}", place=str(path), mend="update Leeway")
    told = explained(error, path)
    return told if isinstance(told, StoreFull) else Permanent(f"the points cannot be opened: {text}", place=str(path))


def _migrate(cursor: Cursor, steps: tuple[str, ...], path: Path) -> None:
    cursor.execute("CREATE TABLE IF NOT EXISTS meta (name VARCHAR PRIMARY KEY, number BIGINT NOT NULL)")
    found = noted(cursor, "format")
    if found > len(steps):
        raise NewerFormat(
            f"the points have format {found}; this Leeway reads up to {len(steps)}",
            place=str(path),
            mend="start the newer Leeway again, or restore a backup made before it ran",
        )
    if found == len(steps):
        return
    for step in steps[found:]:
        cursor.execute(step)
    note(cursor, "format", len(steps))


def noted(cursor: Cursor, name: str) -> int:
    """A number kept about the file itself; 0 if it was never noted."""
    row = cursor.execute("SELECT number FROM meta WHERE name = ?", [name]).fetchone()
    return int(row[0]) if row else 0


def note(cursor: Cursor, name: str, number: int) -> None:
    """Keeps a number about the file itself."""
    if not cursor.execute("UPDATE meta SET number = ? WHERE name = ? RETURNING 1", [number, name]).fetchall():
        cursor.execute("INSERT INTO meta VALUES (?, ?)", [name, number])
