"""The StateStore on any SQL database that SQLAlchemy speaks; what only SQLite needs is in `sqlite.py`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, Select, Table, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from leeway.errors import Conflict, LeewayError, NotFound
from leeway.ports.state import Edit, Job, JobState, Revision, Series
from leeway.store.state.tables import delays, documents, jobs, objectives, revisions, series

READS = "leeway_reads"
"""Execution option of connections that only read, for databases that lock differently for reading and writing."""

_CURRENT = (
    select(revisions)
    .join(
        documents,
        (documents.c.kind == revisions.c.kind)
        & (documents.c.name == revisions.c.name)
        & (documents.c.number == revisions.c.number),
    )
    .where(revisions.c.body.is_not(None))
)


class SqlState:
    """A `StateStore`. `explain` puts the database's troubles into our errors; `copy` makes a backup."""

    def __init__(
        self,
        engine: Engine,
        *,
        explain: Callable[[OperationalError], LeewayError | None],
        copy: Callable[[Engine, Path], None],
    ) -> None:
        self._engine = engine
        self._reader = engine.execution_options(**{READS: True})
        self._explain = explain
        self._copy = copy
        self._pen = threading.Lock()

    def documents(self) -> tuple[Revision, ...]:
        """Every document that is not deleted."""
        return tuple(_revision(row) for row in self._all(_CURRENT.order_by(revisions.c.kind, revisions.c.name)))

    def document(self, kind: str, name: str) -> Revision | None:
        """None when it never was, or is deleted."""
        found = self._all(_CURRENT.where(revisions.c.kind == kind, revisions.c.name == name))
        return _revision(found[0]) if found else None

    def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """All revisions, newest first."""
        wanted = select(revisions).where(revisions.c.kind == kind, revisions.c.name == name)
        return tuple(_revision(row) for row in self._all(wanted.order_by(revisions.c.number.desc())))

    def apply(self, edits: Sequence[Edit], *, by: str, at: float) -> tuple[Revision, ...]:
        """One transaction; each document's number is moved on only from the number it was planned against."""
        with self._writing() as connection:
            return tuple(_applied(connection, edit, by, at) for edit in edits)

    def series_for(self, slo: str, objective: str, digest: str, *, scale: int, at: float) -> Series:
        """Found, or made."""
        with self._writing() as connection:
            row = _found_or_made(connection, series, (slo, objective, digest), {"scale": scale, "born": at})
            return _series(row)

    def all_series(self) -> tuple[Series, ...]:
        """Every series, by id."""
        return tuple(_series(row) for row in self._all(select(series).order_by(series.c.id)))

    def objective_for(self, slo: str, objective: str, digest: str) -> int:
        """Found, or made."""
        with self._writing() as connection:
            return int(_found_or_made(connection, objectives, (slo, objective, digest), {}).id)

    def learned_delays(self) -> dict[int, float]:
        """Per series, in seconds."""
        return {row.series: row.delay_s for row in self._all(select(delays).order_by(delays.c.series))}

    def learn_delay(self, series: int, delay_s: float) -> None:
        """The newest wins; NotFound for a series that was never made."""
        with self._writing() as connection:
            changed = connection.execute(update(delays).where(delays.c.series == series).values(delay_s=delay_s))
            if changed.rowcount == 0:
                try:
                    connection.execute(insert(delays).values(series=series, delay_s=delay_s))
                except IntegrityError as error:
                    raise NotFound(f"there is no series {series}") from error

    def start_job(self, kind: str, subject: str, units: int, at: float) -> Job:
        """A new queued job."""
        job = {
            "kind": kind,
            "subject": subject,
            "state": JobState.QUEUED,
            "done": 0,
            "units": units,
            "note": "",
            "at": at,
        }
        with self._writing() as connection:
            row = connection.execute(insert(jobs).values(job).returning(jobs)).one()
            return _job(row)

    def save_job(self, job: Job) -> None:
        """Everything but its number may change; NotFound for a job that was never started."""
        values = {
            "kind": job.kind,
            "subject": job.subject,
            "state": job.state,
            "done": job.done,
            "units": job.all,
            "note": job.note,
            "at": job.at,
        }
        with self._writing() as connection:
            if connection.execute(update(jobs).where(jobs.c.id == job.id).values(values)).rowcount == 0:
                raise NotFound(f"there is no job {job.id}")

    def job(self, number: int) -> Job | None:
        """One job, or None."""
        found = self._all(select(jobs).where(jobs.c.id == number))
        return _job(found[0]) if found else None

    def jobs(self, *, limit: int = 50) -> tuple[Job, ...]:
        """The newest first."""
        return tuple(_job(row) for row in self._all(select(jobs).order_by(jobs.c.id.desc()).limit(limit)))

    def backup(self, to: Path) -> None:
        """A consistent copy in a new file."""
        if to.exists():
            raise Conflict("a backup goes into a new file", place=str(to))
        with self._explained():
            self._copy(self._engine, to)

    def close(self) -> None:
        """Releases all connections."""
        self._engine.dispose()

    def _all(self, wanted: Select[tuple[object, ...]]) -> Sequence[Row[tuple[object, ...]]]:
        with self._explained(), self._reader.connect() as connection:
            return connection.execute(wanted).all()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._pen, self._explained(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise (self._explain(error) or error) from error


def _applied(connection: Connection, edit: Edit, by: str, at: float) -> Revision:
    mine = (documents.c.kind == edit.kind) & (documents.c.name == edit.name)
    row = connection.execute(
        select(documents.c.number, revisions.c.body)
        .join(
            revisions,
            (documents.c.kind == revisions.c.kind)
            & (documents.c.name == revisions.c.name)
            & (documents.c.number == revisions.c.number),
        )
        .where(mine)
    ).one_or_none()
    newest = row.number if row else 0
    visible = newest if row and row.body is not None else 0
    if edit.expected != visible:
        raise _conflict(edit, visible)
    if edit.body is None and not visible:
        raise Conflict(f"{edit.kind} {edit.name} does not exist, so it cannot be deleted", mend="plan again")
    revision = Revision(edit.kind, edit.name, newest + 1, edit.body, at, by)
    values = {"kind": edit.kind, "name": edit.name, "number": revision.number}
    if row is None:
        try:
            connection.execute(insert(documents).values(values))
        except IntegrityError as error:  # another replica made it between our look and our write
            raise _conflict(edit, 1) from error
    else:
        moved = connection.execute(update(documents).where(mine & (documents.c.number == newest)).values(values))
        if moved.rowcount != 1:  # another replica changed it between our look and our write
            raise _conflict(edit, newest + 1)
    connection.execute(insert(revisions).values({**values, "body": edit.body, "at": at, "author": by}))
    return revision


def _conflict(edit: Edit, found: int) -> Conflict:
    was = f"revision {edit.expected}" if edit.expected else "a document that does not exist"
    now = f"it is at revision {found}" if found else "it does not exist"
    return Conflict(f"{edit.kind} {edit.name} was planned against {was}, but {now} now", mend="plan again, then apply")


def _found_or_made(
    connection: Connection, table: Table, identity: tuple[str, str, str], values: dict[str, float]
) -> Row[tuple[object, ...]]:
    slo, objective, digest = identity
    wanted = select(table).where(table.c.slo == slo, table.c.objective == objective, table.c.digest == digest)
    found = connection.execute(wanted).one_or_none()
    if found is not None:
        return found
    made = {"slo": slo, "objective": objective, "digest": digest, **values}
    try:
        with connection.begin_nested():
            return connection.execute(insert(table).values(made).returning(table)).one()
    except IntegrityError:  # another replica made it between our look and our write
        return connection.execute(wanted).one()


def _revision(row: Row[tuple[object, ...]]) -> Revision:
    return Revision(row.kind, row.name, row.number, row.body, row.at, row.author)


def _series(row: Row[tuple[object, ...]]) -> Series:
    return Series(row.id, row.slo, row.objective, row.digest, row.scale, float(row.born))


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(row.id, row.kind, row.subject, JobState(row.state), row.done, row.units, row.note, float(row.at))
