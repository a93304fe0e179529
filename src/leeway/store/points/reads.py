"""Questions to the points file. Each takes a cursor, so that any thread can ask while the writer writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leeway.core.window import Span
from leeway.ports.points import Change, Collected, Received, Rows, Tallies
from leeway.ports.source import ComputedBy, Provenance
from leeway.store.points.database import Cursor
from leeway.store.points.versions import Columns, among, in_order, newest, steps

_COUNTS = "series, time, good, total"
_VALUE = "coalesce(value, 'NaN'::DOUBLE) AS value"
_VERSION = "fence, seq"
_NONE = np.empty(0, np.int64)
_EVER = 2**62
_NO_ROWS = Rows(np.empty(0, np.int32), _NONE, _NONE, _NONE, np.empty(0))
_READING = "series, source, query, since, until, step_s, digest, fetched_at, computed_by, samples, notes, row_count"


def one_series(cursor: Cursor, series: int, span: Span, as_known_at: int | None) -> Rows:
    """Newest versions of one series; the older versions matter only when asked for the past."""
    where = "series = $series AND time >= $start AND time < $end"
    asked: dict[str, Any] = {"series": series, "start": span.start, "end": span.end}
    tables = ["history", "points"]
    if as_known_at is not None:
        where += " AND known_at <= $known_at"
        asked["known_at"] = as_known_at
        tables.append("superseded")
    columns = f"{_COUNTS}, {_VALUE}, {_VERSION}"
    question = " UNION ALL ".join(f"SELECT {columns} FROM {table} WHERE {where}" for table in tables)  # noqa: S608 - constants
    found = cursor.execute(question, asked).fetchnumpy()
    return _plain(newest(_with_sketches(cursor, found, span, series, series)))


def received(cursor: Cursor, series: int, span: Span) -> Received:
    """What is compacted meanwhile is found twice, as it was and where it lies now: once is enough."""
    where = "series = $series AND time >= $start AND time < $end"
    columns = f"time, good, total, {_VALUE}, known_at, {_VERSION}"
    tables = ("points", "history", "superseded")
    question = " UNION ".join(f"SELECT {columns} FROM {table} WHERE {where}" for table in tables)  # noqa: S608 - constants
    found = cursor.execute(question, {"series": series, "start": span.start, "end": span.end}).fetchnumpy()
    by_version = np.lexsort((found["seq"], found["fence"], found["time"]))
    last = np.append(np.diff(found["time"][by_version]) != 0, np.ones(min(1, len(by_version)), np.bool_))
    stands = np.zeros(len(by_version), np.bool_)
    stands[by_version[last.astype(np.bool_)]] = True
    order = np.lexsort((found["time"], found["seq"]))
    time, good, total, value, known_at = (found[name][order] for name in ("time", "good", "total", "value", "known_at"))
    return Received(time, good, total, value, known_at, stands[order])


def many_series(cursor: Cursor, series: Sequence[int], span: Span) -> Rows:
    """In the order that history lies in, by series, so that mostly nothing need be sorted.

    History holds a slice once, so which version is the newest is only asked when there are recent rows as well. Those
    are read first: what is compacted meanwhile is then found twice, which does no harm. Which version it is, is asked
    as well where there are sketches, which are found by it.
    """
    if not series:
        return _NO_ROWS
    low, high = min(series), max(series)
    sketched = _any_sketch(cursor, span, low, high)
    recent = _some(cursor, "points", f"{_COUNTS}, {_VERSION}", series, span)
    if not len(recent["time"]):
        columns = _some(cursor, "history", f"{_COUNTS}, {_VERSION}" if sketched else _COUNTS, series, span)
    elif not len((old := _some(cursor, "history", f"{_COUNTS}, {_VERSION}", series, span))["time"]):
        columns = recent
    else:
        columns = {name: np.concatenate([column, recent[name]]) for name, column in old.items()}
    found = newest(_with_sketches(cursor, columns, span, low, high) if sketched else columns)
    kept = among(found.series, series)
    return _plain(found if kept.all() else found[kept])


def _any_sketch(cursor: Cursor, span: Span, low: int, high: int) -> bool:
    where = "time >= ? AND time < ? AND series >= ? AND series <= ?"
    asked = [span.start, span.end, low, high]
    return cursor.execute(f"SELECT 1 FROM extras WHERE {where} LIMIT 1", asked).fetchone() is not None  # noqa: S608 - constants


def _with_sketches(cursor: Cursor, columns: Columns, span: Span, low: int, high: int) -> Columns:
    """The columns with the sketch of each row that has one; they are read after the rows, which come with theirs."""
    found = cursor.execute(
        "SELECT series, time, seq, sketch FROM extras "
        "WHERE time >= ? AND time < ? AND series >= ? AND series <= ? AND sketch IS NOT NULL",
        [span.start, span.end, low, high],
    ).fetchall()
    if not found:
        return columns
    of = {(series, time, seq): sketch for series, time, seq, sketch in found}
    sketch = np.full(len(columns["time"]), None, object)
    at = np.flatnonzero(among(columns["series"].astype(np.int32, copy=False), list({series for series, _, _ in of})))
    rows = zip(*(columns[name][at].tolist() for name in ("series", "time", "seq")), strict=True)
    sketch[at] = np.array([*map(of.get, rows), None], object)[:-1]
    return {**columns, "sketch": sketch}


def _plain(rows: Rows) -> Rows:
    """Without a column of sketches where no row has one."""
    if rows.sketch is None or any(rows.sketch.tolist()):
        return rows
    return Rows(rows.series, rows.time, rows.good, rows.total, rows.value)


def _some(cursor: Cursor, table: str, columns: str, series: Sequence[int], span: Span) -> Columns:
    """Rows of these series with their values, and of others between them where most are wanted.

    Counts have no values, and to read so of each takes as long as to read the counts: it is asked of all at once. A
    join would mix up the order, and putting that right costs more than the reading (1.44 M rows: 0.12 s and 0.1 s).
    """
    low, high = min(series), max(series)
    asked: dict[str, Any] = {"start": span.start, "end": span.end, "low": low, "high": high}
    which = "time >= $start AND time < $end AND series >= $low AND series <= $high"
    if high - low > 2 * len(series):
        which += " AND series IN (SELECT unnest($series::INTEGER[]))"
        asked["series"] = list(series)
    rows = f"FROM {table} WHERE {which}"
    if cursor.execute(f"SELECT 1 {rows} AND value IS NOT NULL LIMIT 1", asked).fetchone():
        columns += f", {_VALUE}"
    found: dict[str, NDArray[np.generic]] = cursor.execute(f"SELECT {columns} {rows}", asked).fetchnumpy()
    return {"value": np.broadcast_to(np.float64(np.nan), len(found["time"])), **found}


def extent(cursor: Cursor) -> dict[int, Span]:
    """First and last slice of every series."""
    found = cursor.execute("""
        SELECT series, min(first), max(last) FROM (
            SELECT series, first, last FROM extents
            UNION ALL SELECT series, min(time), max(time) FROM points GROUP BY series)
        GROUP BY series ORDER BY series
    """).fetchall()
    return {series: Span(first, last + 1) for series, first, last in found}


def changes(cursor: Cursor, after_seq: int, before: int | None) -> tuple[Change, ...]:
    """Read back from the rows themselves: each carries the seq it arrived under."""
    rows = " UNION ALL ".join(
        f"SELECT series, time, seq FROM {table} WHERE seq > $seq AND time < $before"  # noqa: S608 - constants
        for table in ("points", "history", "superseded")
    )
    found = cursor.execute(
        f"SELECT series, min(time), max(time) + 1, seq FROM ({rows}) GROUP BY series, seq ORDER BY seq, series",  # noqa: S608 - as above
        {"seq": after_seq, "before": _EVER if before is None else before},
    ).fetchall()
    return tuple(Change(series, Span(start, end), seq) for series, start, end, seq in found)


def readings(cursor: Cursor, series: int, span: Span, limit: int) -> tuple[Collected, ...]:
    """Readings whose span overlaps this one, newest first."""
    found = cursor.execute(
        f"""
        SELECT {_READING} FROM readings WHERE series = ? AND since < ? AND until > ?
        ORDER BY until DESC, seq DESC LIMIT ?
        """,  # noqa: S608 - constants
        [series, span.end, span.start, limit],
    ).fetchall()
    return tuple(_collected(row) for row in found)


def last_readings(cursor: Cursor) -> dict[int, Collected]:
    """Two steps, so that the wide columns are read only for the rows that count."""
    found = cursor.execute(f"""
        WITH ends AS (SELECT series, max(until) AS until FROM readings GROUP BY series),
        latest AS (SELECT series, max(seq) AS seq FROM readings SEMI JOIN ends USING (series, until) GROUP BY series)
        SELECT {_READING} FROM readings SEMI JOIN latest USING (series, seq) ORDER BY series, until
    """).fetchall()  # noqa: S608 - constants
    return {row[0]: _collected(row) for row in found}


def hours(cursor: Cursor, objectives: Sequence[int], span: Span) -> Tallies:
    """Roll-up rows whose hour starts in the span. Mostly they lie in the order wanted; DuckDB would sort all anew."""
    asked = {"first": -(-span.start // 3600), "end": -(-span.end // 3600)}
    asked |= {"low": min(objectives, default=0), "high": max(objectives, default=0)}
    within = "FROM hours WHERE hour >= $first AND hour < $end AND objective BETWEEN $low AND $high"
    doubtful = cursor.execute(f"SELECT 1 {within} AND doubt IS NOT NULL LIMIT 1", asked).fetchone()
    columns = "objective, hour, bad, total, covered" + (", coalesce(doubt, 0) AS doubt" if doubtful else "")
    found = cursor.execute(f"SELECT {columns} {within}", asked).fetchnumpy()
    wanted = among(found["objective"], objectives)
    objective, hour = found["objective"].astype(np.int32, copy=False)[wanted], found["hour"][wanted]
    order = slice(None) if steps(hour, objective).all() else in_order(hour, objective)
    names = ("bad", "total", "covered", "doubt") if doubtful else ("bad", "total", "covered")
    return Tallies(objective[order], hour[order], *(found[name][wanted][order] for name in names))


def _collected(row: tuple[Any, ...]) -> Collected:
    series, source, query, since, until, step_s, digest, fetched_at, computed_by, samples, notes, rows = row
    provenance = Provenance(
        source=source,
        query=query,
        span=Span(since, until),
        step_s=step_s,
        digest=digest,
        fetched_at=fetched_at,
        computed_by=ComputedBy(computed_by),
        samples=samples,
        notes=tuple(json.loads(notes)) if notes else (),
    )
    return Collected(series, provenance, rows)
