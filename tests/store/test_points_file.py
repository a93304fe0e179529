"""What is DuckDB's own: one owner, formats, strangers kept out, one bad request or follower that harms nobody else."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing

import duckdb
import numpy as np
import pytest

from leeway.core.window import Span
from leeway.errors import NewerFormat, Permanent, Transient
from leeway.ports.kit.points_suite import ALWAYS, DAY, START, listed, rows
from leeway.store import DuckPoints, open_points
from leeway.store.points import maintenance
from leeway.store.points.schema import STEPS

HOLD = """
import sys
from pathlib import Path
from leeway.store import open_points
store = open_points(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
store.close()
"""


def asked(store, question):
    return store._database.run(lambda cursor: cursor.execute(question).fetchall())


def test_a_file_in_use_names_the_process_that_holds_it(tmp_path):
    """Whoever starts a second server learns which one is in the way; when it ends, the file is free."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Transient, match=f"in use by process {holder.pid} ") as refusal:
            open_points(tmp_path)
        assert "stop that process" in refusal.value.mend
        holder.stdin.close()
        assert holder.wait() == 0
    open_points(tmp_path).close()


def test_a_file_is_opened_once_in_a_process(tmp_path):
    """The lock of the file does not see a second opening by its own process; we do."""
    with closing(open_points(tmp_path)), pytest.raises(Transient, match="already"):
        open_points(tmp_path)
    open_points(tmp_path).close()


def test_a_newer_format_is_left_alone(tmp_path):
    """An older Leeway says what to do instead of guessing, and the newer one opens the file as before."""
    newer = (*STEPS, "ALTER TABLE points ADD COLUMN colour VARCHAR")
    with closing(DuckPoints(tmp_path / "points.duckdb", steps=newer)):
        pass
    with pytest.raises(NewerFormat, match=f"format {len(STEPS) + 1}; this Leeway reads up to {len(STEPS)}") as refusal:
        open_points(tmp_path)
    assert refusal.value.mend
    with closing(DuckPoints(tmp_path / "points.duckdb", steps=newer)) as store:
        assert asked(store, "SELECT number FROM meta WHERE name = 'format'") == [(len(STEPS) + 1,)]


def test_an_older_format_is_brought_forward_with_its_data(tmp_path):
    """Each missing step runs once, in order."""
    with closing(open_points(tmp_path)) as store:
        store.append(rows((1, 0, 3, 4)), known_at=1)
    newer = (*STEPS, "CREATE TABLE trail (step INTEGER)", "INSERT INTO trail VALUES (3)")
    for _ in range(2):
        with closing(DuckPoints(tmp_path / "points.duckdb", steps=newer)) as store:
            assert listed(store.read(1, ALWAYS)) == [(1, 0, 3, 4, None)]
            assert asked(store, "FROM trail") == [(3,)]


def test_a_file_from_before_extents_were_kept_still_knows_where_series_begin(tmp_path):
    """The second step reads them from history once."""
    with closing(DuckPoints(tmp_path / "points.duckdb", steps=STEPS[:1])) as store:
        asked(store, "INSERT INTO history VALUES (7, 120, 1, 1, NULL, 1, 0, 1), (7, 60, 1, 1, NULL, 1, 0, 2)")
    with closing(open_points(tmp_path)) as store:
        assert store.extent() == {7: Span(60, 121)}


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path):
    """All steps are one transaction."""
    open_points(tmp_path).close()
    broken = (*STEPS, "CREATE TABLE trail (step INTEGER)", "INSERT INTO nowhere VALUES (1)")
    with pytest.raises(duckdb.CatalogException):
        DuckPoints(tmp_path / "points.duckdb", steps=broken)
    with closing(open_points(tmp_path)) as store:
        assert asked(store, "SELECT number FROM meta WHERE name = 'format'") == [(len(STEPS),)]


def test_what_is_no_database_is_refused(tmp_path):
    """And not overwritten."""
    (tmp_path / "points.duckdb").write_bytes(b"not a database, but somebody's notes" * 1000)
    with pytest.raises(Permanent):
        open_points(tmp_path)
    assert (tmp_path / "points.duckdb").read_bytes().startswith(b"not a database")


def test_the_database_reads_and_writes_nothing_else(tmp_path):
    """Even SQL of an attacker could not reach other files."""
    with closing(open_points(tmp_path)) as store:
        for attempt in (
            "FROM read_text('/etc/hostname')",
            f"COPY points TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/x.duckdb'",
        ):
            with pytest.raises(duckdb.PermissionException):
                asked(store, attempt)


def test_a_bad_request_fails_alone(tmp_path):
    """Those that waited beside it are retried one by one: each is durable, each is told so."""
    with closing(open_points(tmp_path)) as store:
        gate = threading.Event()
        stop = store.follow(lambda _: gate.wait())  # holds the writer, so that the others gather behind it
        answers = {}

        def send(series, known_at):
            try:
                answers[series] = store.append(rows((series, 0, 1, 1)), known_at=known_at).seq
            except OverflowError as error:
                answers[series] = error

        threads = [threading.Thread(target=send, args=(series, 2**80 if series == 3 else 1)) for series in range(6)]
        for thread in threads:
            thread.start()
        stop()
        gate.set()
        for thread in threads:
            thread.join()
        assert isinstance(answers.pop(3), OverflowError)
        assert len(set(answers.values())) == 5
        assert [row[0] for row in listed(store.read_all(range(6), ALWAYS))] == [0, 1, 2, 4, 5]


def test_a_follower_that_fails_harms_neither_the_append_nor_the_others(tmp_path):
    """What is durable is acknowledged; the next follower is told."""
    with closing(open_points(tmp_path)) as store:
        told = []

        def broken(changes):
            raise ValueError("a fault in a follower")

        store.follow(broken)
        store.follow(told.extend)
        assert store.append(rows((1, 0, 1, 1)), known_at=1).rows == 1
        assert len(told) == 1


def test_a_day_is_compacted_in_parts_without_loss(tmp_path, monkeypatch):
    """A day of very many series is sorted a part at a time."""
    monkeypatch.setattr(maintenance, "PART_ROWS", 10)
    given = [(series, minute, series, 100) for minute in range(7) for series in range(20)]
    with closing(open_points(tmp_path)) as store:
        store.append(rows(*given), known_at=1)
        store.append(rows(*[(series, 3, 0, 100) for series in range(0, 20, 2)]), known_at=2)
        before = listed(store.read_all(range(20), ALWAYS))
        store.compact(DAY)
        assert listed(store.read_all(range(20), ALWAYS)) == before
        counts = asked(store, "SELECT (SELECT count(*) FROM points), (SELECT count(*) FROM superseded)")
        assert counts == [(0, 10)]
        stored = asked(store, "SELECT series, time FROM history")
        assert stored == sorted(stored)


def test_appends_go_on_while_a_day_is_compacted(tmp_path):
    """Neither waits for the other, and nothing is lost or doubled."""
    with closing(open_points(tmp_path)) as store:
        store.append(rows(*[(series, minute, 1, 2) for minute in range(200) for series in range(50)]), known_at=1)
        done = threading.Event()

        sent = 0

        def send():
            nonlocal sent
            while not done.is_set():
                store.append(rows(*[(series, sent % 300, 2, 3) for series in range(50)]), known_at=2)
                sent += 1

        sender = threading.Thread(target=send)
        sender.start()
        for _ in range(5):
            store.compact(DAY)
        done.set()
        sender.join()
        found = store.read_all(range(50), ALWAYS)
        assert len({(series, time) for series, time, *_ in listed(found)}) == len(found)
        ((count, distinct),) = asked(
            store,
            """
            SELECT count(*), count(DISTINCT (series, time, seq)) FROM (
                FROM points UNION ALL FROM history UNION ALL FROM superseded)
            """,
        )
        assert count == distinct == 200 * 50 + sent * 50


def test_a_long_span_with_few_days_known_is_read(tmp_path):
    """A read over days of which nothing is known is fine."""
    with closing(open_points(tmp_path)) as store:
        store.append(rows((1, 0, 1, 1)), known_at=1)
        found = store.read_all([1], Span(START - 30 * 86_400, START + 30 * 86_400))
        assert listed(found) == [(1, 0, 1, 1, None)]
        assert found.series.dtype == np.int32


def test_a_closed_store_answers_in_words(tmp_path):
    """A question that comes while the server stops gets an error a person can read, and closing twice is harmless."""
    store = open_points(tmp_path)
    store.close()
    with closing(open_points(tmp_path)) as next_one:
        store.close()
        with pytest.raises(Permanent, match="closed"):
            store.read(1, ALWAYS)
        with pytest.raises(Transient, match="already"):
            open_points(tmp_path)
        assert listed(next_one.read(1, ALWAYS)) == []
