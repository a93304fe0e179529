"""The one thread that appends. Requests that wait together become durable together (group commit)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np
import structlog
from numpy.typing import NDArray

from leeway.errors import Conflict, LeewayError, Permanent
from leeway.ports.points import Appended, Changes, Collected, Key
from leeway.store.points.database import Cursor, Database
from leeway.store.points.desk import Desk
from leeway.store.points.versions import Batch

GROUP = 64

_NEWEST_SEQ = """
SELECT max(seq) FROM (
    SELECT max(seq) AS seq FROM points UNION ALL SELECT max(seq) FROM history UNION ALL SELECT max(seq) FROM superseded
    UNION ALL SELECT max(seq) FROM readings UNION ALL SELECT max(seq) FROM receipts
    UNION ALL SELECT number FROM meta WHERE name = 'seq')
"""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """One append that waits for its turn."""

    batch: Batch
    known_at: int
    fence: int
    readings: tuple[Collected, ...]
    key: Key | None
    answer: Future[Appended] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A request with the sequence number that it becomes durable under."""

    seq: int
    request: Request


def newest_seq(cursor: Cursor) -> int:
    """The greatest sequence number ever given in this file; 0 when it is new."""
    row = cursor.execute(_NEWEST_SEQ).fetchone()
    return int(row[0] or 0) if row else 0


class Writer:
    """Takes requests from any thread, commits them in groups, announces what changed, then acknowledges."""

    def __init__(self, database: Database, announce: Callable[[Sequence[Changes]], None]) -> None:
        self._database = database
        self._announce = announce
        self._seq = database.run(newest_seq)
        self._queue: SimpleQueue[Request | None] = SimpleQueue()
        self._door = threading.Lock()
        self._closed = False
        self._desk: Desk | None = None
        self._thread = threading.Thread(target=self._work, name="leeway-points-writer", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> Future[Appended]:
        """The answer comes when the request is durable, or with the error that kept it from being so."""
        with self._door:
            if self._closed:
                raise Permanent("the points are closed", place=str(self._database.path))
            self._queue.put(request)
        return request.answer

    def close(self) -> None:
        """Ends after everything submitted is answered."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        waiting: list[Request | None] = []
        while True:
            if not waiting:
                waiting.append(self._queue.get())
            try:
                while len(waiting) < GROUP:
                    waiting.append(self._queue.get_nowait())
            except Empty:
                pass
            group = _group(waiting)
            if not group:
                return
            del waiting[: len(group)]
            self._serve(group)

    def _serve(self, group: Sequence[Request]) -> None:
        try:
            self._commit(group)
        except Exception as error:  # noqa: BLE001 - the loop outlives every request; each error goes to who asked
            if len(group) == 1:
                group[0].answer.set_exception(error)
                return
            for request in group:  # one bad request must not fail those that happened to wait beside it
                self._serve([request])

    def _commit(self, group: Sequence[Request]) -> None:
        answers: list[tuple[Request, Appended | Conflict]] = []
        fresh = list(group)
        if any(request.key for request in group):
            answers, fresh = self._database.run(lambda cursor: _sift(cursor, group))
        numbered = [Numbered(self._seq + place, request) for place, request in enumerate(fresh, start=1)]
        if numbered:
            self._write(numbered)
            self._announce([one.request.batch.changes(one.seq) for one in numbered])
        for one in numbered:
            one.request.answer.set_result(Appended(one.seq, len(one.request.batch.rows)))
        for request, answer in answers:
            if isinstance(answer, Appended):
                request.answer.set_result(answer)
            else:
                request.answer.set_exception(answer)

    def _desk_of(self, cursor: Cursor) -> Desk:
        if self._desk is None or self._desk.cursor is not cursor:
            self._desk = Desk(cursor)
        return self._desk

    def _write(self, numbered: Sequence[Numbered]) -> None:
        try:
            self._database.run_kept(lambda cursor: _insert(self._desk_of(cursor), numbered))
        except LeewayError:
            # A commit may be durable although the checkpoint after it failed: ask the file what it holds.
            durable = self._database.run(newest_seq)
            if durable < numbered[0].seq:
                raise
            _log.info("durable although the checkpoint failed", seq=durable)
        self._seq = numbered[-1].seq
        self._database.tidy()


def _group(waiting: Sequence[Request | None]) -> list[Request]:
    """The next requests that can share a transaction: up to the end mark, and no idempotency key twice."""
    group: list[Request] = []
    keys: set[str] = set()
    for request in waiting:
        if request is None or (request.key and request.key.key in keys):
            break
        if request.key:
            keys.add(request.key.key)
        group.append(request)
    return group


def _sift(cursor: Cursor, group: Sequence[Request]) -> tuple[list[tuple[Request, Appended | Conflict]], list[Request]]:
    """Requests whose key was used before, with their answers, and those that are new."""
    known = {}
    for key in [request.key.key for request in group if request.key]:
        row = cursor.execute("SELECT digest, seq, row_count FROM receipts WHERE key = ?", [key]).fetchone()
        if row:
            known[key] = row
    answers: list[tuple[Request, Appended | Conflict]] = []
    fresh = []
    for request in group:
        if request.key is None or request.key.key not in known:
            fresh.append(request)
            continue
        digest, seq, rows = known[request.key.key]
        if digest == request.key.digest:
            answers.append((request, Appended(seq, rows, repeated=True)))
        else:
            mend = "use a new key for new content"
            answers.append((request, Conflict(f"the key {request.key.key!r} was used for other content", mend=mend)))
    return answers, fresh


def _insert(desk: Desk, numbered: Sequence[Numbered]) -> None:
    """One transaction. Rows alone, which is what most groups are, need no BEGIN and COMMIT around their statement."""
    rows = _columns([one for one in numbered if len(one.request.batch.rows)])
    sketches = [row for one in numbered for row in _sketches(one)]
    readings = [(one.seq, each) for one in numbered for each in one.request.readings]
    receipts = [
        (one.request.key.key, one.request.key.digest, one.seq, len(one.request.batch.rows), one.request.known_at)
        for one in numbered
        if one.request.key
    ]
    if not readings and not receipts and not sketches:
        if rows:
            desk.insert(rows)
        return
    desk.cursor.execute("BEGIN")
    if rows:
        desk.insert(rows)
    if sketches:
        desk.insert_sketches(sketches)
    if readings:
        desk.insert_readings(readings)
    if receipts:
        desk.cursor.executemany("INSERT INTO receipts VALUES (?, ?, ?, ?, ?)", receipts)
    desk.cursor.execute("COMMIT")


def _sketches(one: Numbered) -> Iterator[tuple[int, int, int, bytes]]:
    """Series, time, seq and sketch of the rows that have one."""
    rows = one.request.batch.rows
    if rows.sketch is not None:
        for series, time, sketch in zip(rows.series.tolist(), rows.time.tolist(), rows.sketch.tolist(), strict=True):
            if sketch is not None:
                yield series, time, one.seq, sketch


def _columns(filled: Sequence[Numbered]) -> dict[str, NDArray[np.generic]]:
    if not filled:
        return {}
    rows = [one.request.batch.rows for one in filled]
    sizes = [len(each) for each in rows]
    return {
        "series": np.concatenate([each.series for each in rows]),
        "time": np.concatenate([each.time for each in rows]),
        "good": np.concatenate([each.good for each in rows]),
        "total": np.concatenate([each.total for each in rows]),
        "value": np.concatenate([each.value for each in rows]),
        "known_at": np.repeat(np.array([one.request.known_at for one in filled], np.int64), sizes),
        "fence": np.repeat(np.array([one.request.fence for one in filled], np.int64), sizes),
        "seq": np.repeat(np.array([one.seq for one in filled], np.int64), sizes),
    }
