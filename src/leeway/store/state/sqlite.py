"""What only SQLite needs: how it is opened, what its errors mean, how it is copied while in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from leeway.errors import LeewayError, NewerFormat, Permanent, StoreFull, Transient
from leeway.store.disk import write_through
from leeway.store.state.access import READS
from leeway.store.state.format import is_current
from leeway.store.state.store import SqlState

WAIT_S = 5.0
"""How long a writer waits for another process before it gives up."""


def open_sqlite(path: Path) -> SqlState:
    """Opens or makes the state, migrated to this version; NewerFormat if a newer Leeway wrote it."""
    path = path.resolve()
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT_S})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        if not is_current(engine):
            from leeway.store.state.migrate import migrate  # late: see leeway.store.state.format

            migrate(engine)
    except NewerFormat as error:
        engine.dispose()
        raise NewerFormat(error.message, place=str(path), mend=error.mend) from error
    except DatabaseError as error:
        engine.dispose()
        told = explained(error, path) or Permanent(f"the state cannot be opened: {error.orig}", place=str(path))
        raise told from error
    return SqlState(engine, explain=lambda error: explained(error, path), copy=_copy)


def explained(error: DatabaseError | sqlite3.Error, path: Path) -> LeewayError | None:
    """What a person should read; None when the fault is in our own SQL."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    if not isinstance(cause, sqlite3.OperationalError):
        return None
    text = str(cause)
    if "disk is full" in text:
        return StoreFull(
            "the disk is full; nothing was taken and nothing is damaged",
            place=str(path),
            mend="free some space; Leeway goes on by itself",
        )
    if "locked" in text:
        return Transient("another process is writing the state", place=str(path), retry_after_s=1.0)
    if any(sign in text for sign in ("disk I/O", "unable to open", "readonly")):
        return Transient(f"the state cannot be reached: {text}", place=str(path))
    return None


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: _begin does.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begin(connection: Connection) -> None:
    # A writer locks at the start: a lock taken at the first write could fail after what was read has changed.
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READS) else "BEGIN IMMEDIATE")


def _copy(engine: Engine, to: Path) -> None:
    part = to.with_name(to.name + ".part")
    part.unlink(missing_ok=True)
    raw = engine.raw_connection()
    try:
        source = raw.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 - this module made the engine
        with closing(sqlite3.connect(part)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise (explained(error, to) or error) from error
    finally:
        raw.close()
    write_through(part)
    part.rename(to)
