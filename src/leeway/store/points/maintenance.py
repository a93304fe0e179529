"""Compaction, retention and the roll-up: the slow or rare writes, beside the writer and never in its way.

Each function runs inside a transaction that its caller opened; killed at any moment, it has not happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from leeway.core.objective import DAY_S
from leeway.ports.points import Tallies
from leeway.store.points.database import Cursor, note
from leeway.store.points.schema import ROW_COLUMNS
from leeway.store.points.writer import newest_seq

PART_ROWS = 1_500_000
"""About how many rows are sorted at once: what one day of 1,000 series by the minute holds."""

_NOTE_EXTENTS = "INSERT INTO extents SELECT series, min(time), max(time) FROM history"


def compact(cursor: Cursor, day: int) -> None:
    """Does nothing when `points` holds nothing of the day, so doing it twice is doing it once.

    In parts of ascending series, so that memory stays bounded and the day lies sorted by (series, time).
    """
    span = [day * DAY_S, (day + 1) * DAY_S]
    if not cursor.execute("SELECT 1 FROM points WHERE time >= ? AND time < ? LIMIT 1", span).fetchone():
        return
    sizes = cursor.execute(
        """
        SELECT series, count(*) FROM (
            SELECT series FROM points WHERE time >= $1 AND time < $2
            UNION ALL SELECT series FROM history WHERE time >= $1 AND time < $2)
        GROUP BY series ORDER BY series
        """,
        span,
    ).fetchall()
    within = "time >= $1 AND time < $2 AND series >= $3 AND series <= $4"
    for first, last in _parts(sizes):
        part = [*span, first, last]
        cursor.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE ranked AS SELECT *,
                row_number() OVER (PARTITION BY series, time ORDER BY fence DESC, seq DESC) AS place
            FROM (SELECT {ROW_COLUMNS} FROM points WHERE {within}
                  UNION ALL SELECT {ROW_COLUMNS} FROM history WHERE {within})
            """,  # noqa: S608 - constants
            part,
        )
        for table in ("points", "history"):
            cursor.execute(f"DELETE FROM {table} WHERE {within}", part)  # noqa: S608 - constants
        for table, which in (("history", "place = 1"), ("superseded", "place > 1")):
            cursor.execute(
                f"INSERT INTO {table} SELECT {ROW_COLUMNS} FROM ranked WHERE {which} ORDER BY series, time, fence, seq"  # noqa: S608 - constants
            )
    cursor.execute("DROP TABLE IF EXISTS ranked")
    cursor.execute(f"{_NOTE_EXTENTS} WHERE time >= $1 AND time < $2 GROUP BY series", span)


def retain(cursor: Cursor, before: int) -> int:
    """Deletes what is older, and notes the newest sequence number so that it is never given again."""
    note(cursor, "seq", newest_seq(cursor))
    deleted = 0
    for table in ("points", "history", "superseded"):
        row = cursor.execute(f"DELETE FROM {table} WHERE time < ?", [before]).fetchone()  # noqa: S608 - constants
        deleted += row[0] if row else 0
    cursor.execute("DELETE FROM extents")
    cursor.execute(f"{_NOTE_EXTENTS} GROUP BY series")
    cursor.execute("DELETE FROM extras WHERE time < ?", [before])
    cursor.execute("DELETE FROM readings WHERE until <= ?", [before])
    cursor.execute("DELETE FROM receipts WHERE known_at < ?", [before * 1_000_000])
    return deleted


def save_hours(cursor: Cursor, tallies: Tallies) -> None:
    """Replaces the rows of these (objective, hour) pairs."""
    if not len(tallies):
        return
    cursor.register(
        "judged",
        {
            "objective": np.asarray(tallies.objective, np.int32),
            "hour": np.asarray(tallies.hour, np.int64),
            "bad": np.asarray(tallies.bad, np.int64),
            "total": np.asarray(tallies.total, np.int64),
            "covered": np.asarray(tallies.covered, np.int64),
            "doubt": np.asarray(np.zeros_like(tallies.bad) if tallies.doubt is None else tallies.doubt, np.int64),
        },
    )
    cursor.execute(
        "DELETE FROM hours USING judged WHERE hours.objective = judged.objective AND hours.hour = judged.hour"
    )
    cursor.execute("INSERT INTO hours SELECT objective, hour, bad, total, covered, nullif(doubt, 0) FROM judged")


def keep_hours(cursor: Cursor, objectives: Sequence[int]) -> None:
    """Forgets all others; without others it writes nothing, so a full disk is no hindrance."""
    others = "FROM hours WHERE objective NOT IN (SELECT unnest(?::INTEGER[]))"
    if cursor.execute(f"SELECT 1 {others} LIMIT 1", [list(objectives)]).fetchone():
        cursor.execute(f"DELETE {others}", [list(objectives)])


def copy_to(cursor: Cursor, source: str, copy: Path) -> None:
    """Copies everything committed so far, in one snapshot, into a new file; outside a transaction."""
    place = str(copy).replace("'", "''")
    cursor.execute(f"ATTACH '{place}' AS backup_copy")
    try:
        cursor.execute(f'COPY FROM DATABASE "{source}" TO backup_copy')
    finally:
        cursor.execute("DETACH backup_copy")


def _parts(sizes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges of series, first and last, of about PART_ROWS rows each."""
    first, rows = None, 0
    for series, count in sizes:
        first = series if first is None else first
        rows += count
        if rows >= PART_ROWS:
            yield first, series
            first, rows = None, 0
    if first is not None:
        yield first, sizes[-1][0]
