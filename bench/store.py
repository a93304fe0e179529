"""What the store promises: appends that are durable when they return, and quick answers for one series."""

from __future__ import annotations

import os
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from bench.figure import Figure, Line, expect, percentile, scaled, seconds
from bench.fleet import NOW, WINDOW_S, goal, shelves
from bench.history import History, history
from bench.place import scratch
from leeway.core.course import course
from leeway.core.judge import judge
from leeway.core.objective import DAY_S, Method
from leeway.core.points import Points
from leeway.core.quality import COUNT_SCALE
from leeway.core.track import Track
from leeway.core.window import Span
from leeway.ports.points import PointStore, Rows
from leeway.store import open_points

ROWS = 1_000


def run(*, quick: bool) -> Iterator[Line]:
    """Appends alone and beside compaction, two peers on the same disk, then one series from store and ledger."""
    appends, days = (60, 2) if quick else (2_000, 8)
    with scratch() as folder, closing(open_points(folder)) as store:
        alone = _appended(store, NOW, appends)
        file, sqlite = _plain_file(folder, appends), _sqlite(folder, appends)
        beside = f"{_times(alone, file)} a bare write and fsync; {_times(alone, sqlite)} SQLite (WAL, synchronous=FULL)"
        yield Figure("durable append of 1,000 points, p50", "ms", scaled(alone, 1_000), 5, beside=beside)
        yield Figure("… p99", "ms", (percentile(alone, 0.99) * 1_000,))
        busy = _beside_compaction(store, days, 50 if quick else ROWS)
        yield Figure("… with compaction beside, p50", "ms", scaled(busy, 1_000), 5)
        yield Figure("… with compaction beside, p99", "ms", (percentile(busy, 0.99) * 1_000,), 100)
        held = store.read_all(range(ROWS), Span(NOW, NOW + 60 * (len(alone) + len(busy))))
        expect(len(held) == ROWS * (len(alone) + len(busy)), f"{len(held)} rows are held")
    yield from _series(history(20, 2) if quick else history(1_000, 30), 3 if quick else 50)


def _minute(time_s: int, series: int = ROWS) -> Rows:
    total = np.arange(series, dtype=np.int64) * COUNT_SCALE
    numbers, times = np.arange(series, dtype=np.int32), np.full(series, time_s, np.int64)
    return Rows(numbers, times, total, total, np.full(series, np.nan))


def _appended(store: PointStore, first: int, count: int, until: Callable[[], bool] = lambda: False) -> list[float]:
    taken = []
    for place in range(count):
        rows = _minute(first + 60 * place)
        begin = time.perf_counter()
        store.append(rows, known_at=0)
        taken.append(time.perf_counter() - begin)
        if until():
            break
    return taken


def _beside_compaction(store: PointStore, days: int, series: int) -> list[float]:
    """Appends that ran while days of arrival-ordered points were sorted."""
    first = NOW // DAY_S - 100
    for day in range(first, first + days):
        minutes = [_minute(day * DAY_S + 60 * place, series) for place in range(1440)]
        columns = ("series", "time", "good", "total", "value")
        rows = Rows(*(np.concatenate([getattr(each, column) for each in minutes]) for column in columns))
        store.append(rows, known_at=0)

    def sort() -> None:
        for day in range(first, first + days):
            store.compact(day)

    sorting = threading.Thread(target=sort)
    last = store.extent()[0].end - 1
    sorting.start()
    taken = _appended(store, last + 60, 100_000, until=lambda: not sorting.is_alive())
    sorting.join()
    return taken


def _plain_file(folder: Path, count: int) -> list[float]:
    payload, taken = os.urandom(40 * ROWS), []
    with (folder / "plain").open("ab") as file:
        for _ in range(count):
            begin = time.perf_counter()
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - begin)
    return taken


def _sqlite(folder: Path, count: int) -> list[float]:
    taken = []
    with closing(sqlite3.connect(folder / "peer.db")) as peer:
        peer.execute("PRAGMA journal_mode=WAL")
        peer.execute("PRAGMA synchronous=FULL")
        peer.execute("CREATE TABLE points (series INTEGER, time INTEGER, good INTEGER, total INTEGER, value REAL)")
        for place in range(count):
            rows = _minute(NOW + 60 * place)
            begin = time.perf_counter()
            columns = (rows.series.tolist(), rows.time.tolist(), rows.good.tolist(), rows.total.tolist())
            peer.executemany("INSERT INTO points VALUES (?, ?, ?, ?, NULL)", zip(*columns, strict=True))
            peer.commit()
            taken.append(time.perf_counter() - begin)
    return taken


def _times(ours: list[float], theirs: list[float]) -> str:
    return f"{statistics.median(ours) / statistics.median(theirs):.1f} ×"


def _series(past: History, repeats: int) -> Iterator[Line]:
    """1,000 points of one SLO's past: what it had spent and how fast it burned."""
    moments = np.linspace(NOW - past.days * DAY_S, NOW, 1_000).astype(np.int64) // 60 * 60
    objective = goal(0, Method.OCCURRENCES).objective
    ((shelf, made),) = shelves((Method.OCCURRENCES,), 50)
    ledger, times = shelf.ledger, np.maximum(moments, NOW - WINDOW_S)
    exact = times[times >= ledger.first_minute]
    said = ledger.running(3, exact) - ledger.running(3, np.full(len(exact), ledger.first_minute))
    bad, total = made.tally(3, Span(ledger.first_minute, int(exact[-1])))
    expect((said.bad[-1], said.total[-1]) == (bad, total), f"the ledger's series ends at {bad}, {total}")
    from_ledger = seconds(repeats * 10, lambda: ledger.running(3, times))
    yield Figure("series of 1,000 points over 30 days, from the ledger", "ms", scaled(from_ledger, 1_000), 1)
    with closing(open_points(past.data)) as points:
        numbers = iter(past.series * repeats)

        def read() -> None:
            rows = points.read(next(numbers), Span(NOW - past.days * DAY_S, NOW))
            own = Points(rows.time, rows.good, rows.total, None, COUNT_SCALE)
            judged = judge(objective, own, Span(int(own.time[0]), NOW), born=int(own.time[0]))
            course(objective, Track.of(judged, own.time), moments, step_s=60, scale=COUNT_SCALE)

        from_store = seconds(repeats, read)
    what = f"series of 1,000 points over {past.days} days, from the store: read, judged, 8 windows each"
    yield Figure(what, "ms", scaled(from_store, 1_000), 20)
