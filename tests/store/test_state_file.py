"""What is SQLite's own: migrations from the package, newer formats left alone, settings that keep what was promised."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, update
from sqlalchemy.exc import IntegrityError

from leeway.errors import Conflict, NewerFormat, Permanent, Transient
from leeway.ports.state import Edit, NewSeries
from leeway.store import open_state
from leeway.store.state import edits, numbers, sqlite
from leeway.store.state.format import FOLDER, newest
from leeway.store.state.migrate import migrate
from leeway.store.state.tables import documents, metadata, revisions

NEXT = f"{int(newest()) + 1:04}"
ONE_STEP_MORE = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{newest()}"

def upgrade():
    op.add_column("jobs", sa.Column("colour", sa.Text))
"""


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path):
    """Whoever changes one must change the other."""
    with closing(open_state(tmp_path)) as store, store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_format_is_told_without_alembic():
    """As Alembic tells it."""
    assert newest() == ScriptDirectory(str(FOLDER)).get_current_head()


@pytest.fixture
def newer_migrations(tmp_path):
    """The migrations of a Leeway that has one step more."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"v{NEXT}_colour.py").write_text(ONE_STEP_MORE)
    return folder


def test_an_older_format_is_brought_forward_with_its_data(tmp_path, newer_migrations):
    """Once; opening again changes nothing."""
    with closing(open_state(tmp_path)) as store:
        store.start_job("replay", "a", 1, 1.0)
        for _ in range(2):
            migrate(store._engine, newer_migrations)
        assert "colour" in [column["name"] for column in inspect(store._engine).get_columns("jobs")]
        assert [job.subject for job in store.jobs()] == ["a"]


def test_a_newer_format_is_left_alone(tmp_path, newer_migrations):
    """It says what to do, and changes nothing."""
    with closing(open_state(tmp_path)) as store:
        migrate(store._engine, newer_migrations)
    with pytest.raises(NewerFormat, match=f"format {NEXT}, which this Leeway does not know") as refusal:
        open_state(tmp_path)
    assert refusal.value.mend
    assert refusal.value.place == str(tmp_path / "state.sqlite")


def test_what_is_no_database_is_refused(tmp_path):
    """And not overwritten."""
    (tmp_path / "state.sqlite").write_bytes(b"somebody's notes" * 1000)
    with pytest.raises(Permanent, match="cannot be opened"):
        open_state(tmp_path)
    assert (tmp_path / "state.sqlite").read_bytes().startswith(b"somebody's notes")


def test_every_connection_writes_through_and_checks_references(tmp_path):
    """WAL, synchronous FULL (2), foreign keys on."""
    with closing(open_state(tmp_path)) as store, store._engine.connect() as connection:
        values = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert values == ["wal", 2, 1]


def test_readers_do_not_wait_for_a_writer_in_another_process(tmp_path, monkeypatch):
    """And a second writer gives up in words after a while."""
    monkeypatch.setattr(sqlite, "WAIT_S", 0.05)
    with closing(open_state(tmp_path)) as store:
        store.apply([Edit("SLO", "a", "x", 0)], by="x", at=1.0)
        with closing(sqlite3.connect(tmp_path / "state.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert len(store.documents()) == 1
            with pytest.raises(Transient, match="another process is writing"):
                store.apply([Edit("SLO", "b", "x", 0)], by="x", at=1.0)
            other.execute("ROLLBACK")
        store.apply([Edit("SLO", "b", "x", 0)], by="x", at=1.0)


def test_a_backup_is_a_new_file_that_opens(tmp_path):
    """And never replaces one."""
    with closing(open_state(tmp_path / "data")) as store:
        store.apply([Edit("SLO", "a", "x", 0)], by="x", at=1.0)
        (tmp_path / "copy").mkdir()
        store.backup(tmp_path / "copy" / "state.sqlite")
        with pytest.raises(Conflict):
            store.backup(tmp_path / "copy" / "state.sqlite")
    with closing(open_state(tmp_path / "copy")) as copy:
        assert [each.name for each in copy.documents()] == ["a"]


def late(monkeypatch, module, name, meanwhile):
    """Lets another replica write between a look and the write that follows it, as databases with row locks allow."""
    look, looks = getattr(module, name), []

    def looking(*args):
        seen = look(*args)
        if not looks:
            looks.append(seen)
            meanwhile(args[0])
        return seen

    monkeypatch.setattr(module, name, looking)


def test_what_another_replica_numbered_meanwhile_keeps_its_number(tmp_path, monkeypatch):
    """What it did not number is made all the same."""

    def meanwhile(connection):
        connection.exec_driver_sql("INSERT INTO objectives VALUES (77, 'b', 'x', 'd')")

    with closing(open_state(tmp_path)) as store:
        late(monkeypatch, numbers, "known", meanwhile)
        first, second, third = store.number_objectives([("a", "x", "d"), ("b", "x", "d"), ("c", "x", "d")])
        assert second == 77
        assert len({first, second, third}) == 3
        assert store.number_objectives([("c", "x", "d"), ("a", "x", "d")]) == (third, first)


def test_a_row_that_no_replica_made_and_no_database_takes_is_an_error(tmp_path):
    """It is not tried for ever."""
    with closing(open_state(tmp_path)) as store, pytest.raises(IntegrityError):
        store.number_series([NewSeries(("a", "", "d"), None)], at=1.0)


@pytest.mark.parametrize("known", [False, True], ids=["made", "changed"])
def test_a_document_that_another_replica_wrote_meanwhile_is_a_conflict(tmp_path, monkeypatch, known):
    """It names the document, not only the first of the edits, and nothing is kept."""
    with closing(open_state(tmp_path)) as store:
        store.apply([Edit("SLO", name, "x", 0) for name in ("ab" if known else "a")], by="x", at=1.0)
        before = store.documents()

        def meanwhile(connection):
            connection.execute(insert(revisions).values(kind="SLO", name="b", number=2, body="y", at=2.0, author="y"))
            values = {"kind": "SLO", "name": "b", "number": 2}
            connection.execute(
                update(documents).values(values).where(documents.c.name == "b")
                if known
                else insert(documents).values(values)
            )

        late(monkeypatch, edits, "stands", meanwhile)
        with pytest.raises(Conflict, match=r"SLO b was planned against .*, but it is at revision 2 now"):
            store.apply([Edit("SLO", "a", "mine", 1), Edit("SLO", "b", "mine", int(known))], by="x", at=3.0)
        assert store.documents() == before
