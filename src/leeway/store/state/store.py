"""The StateStore on any SQL database that SQLAlchemy speaks; what only SQLite needs is in `sqlite.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Engine, Row, Table, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from leeway.errors import Conflict, LeewayError, NotFound
from leeway.ports.state import Agreement, Edit, Identity, Job, JobState, NewSeries, Revision, Series
from leeway.store.state.access import Access
from leeway.store.state.alerts import SqlAlerts
from leeway.store.state.annotations import SqlAnnotations
from leeway.store.state.answers import SqlAnswers
from leeway.store.state.decisions import SqlDecisions
from leeway.store.state.edits import carried_out
from leeway.store.state.guards import SqlGuards
from leeway.store.state.hooks import SqlHooks
from leeway.store.state.numbers import Found, known, numbered
from leeway.store.state.outbox import SqlOutbox
from leeway.store.state.people import SqlPeople
from leeway.store.state.shares import SqlShares
from leeway.store.state.silences import SqlSilences
from leeway.store.state.tables import agreements, delays, documents, jobs, objectives, revisions, series

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
        self._access = Access(engine, explain)
        self._copy = copy
        self.alerts = SqlAlerts(self._access)
        self.outbox = SqlOutbox(self._access)
        self.silences, self.decisions = SqlSilences(self._access), SqlDecisions(self._access)
        self.guards, self.people = SqlGuards(self._access), SqlPeople(self._access)
        self.annotations, self.answers = SqlAnnotations(self._access), SqlAnswers(self._access)
        self.hooks, self.shares = SqlHooks(self._access), SqlShares(self._access)

    def documents(self) -> tuple[Revision, ...]:
        """Every document that is not deleted."""
        return tuple(_revision(row) for row in self._access.all(_CURRENT.order_by(revisions.c.kind, revisions.c.name)))

    def document(self, kind: str, name: str) -> Revision | None:
        """None when it never was, or is deleted."""
        found = self._access.all(_CURRENT.where(revisions.c.kind == kind, revisions.c.name == name))
        return _revision(found[0]) if found else None

    def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """All revisions, newest first."""
        wanted = select(revisions).where(revisions.c.kind == kind, revisions.c.name == name)
        return tuple(_revision(row) for row in self._access.all(wanted.order_by(revisions.c.number.desc())))

    def changes(self, start: float, end: float) -> tuple[Revision, ...]:
        """Oldest first; those of one moment by kind and name."""
        wanted = select(revisions).where(revisions.c.at >= start, revisions.c.at < end)
        order = revisions.c.at, revisions.c.kind, revisions.c.name, revisions.c.number
        return tuple(_revision(row) for row in self._access.all(wanted.order_by(*order)))

    def apply(
        self, edits: Sequence[Edit], *, by: str, at: float, agreed: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[Revision, ...]:
        """One transaction; each document's number is moved on only from the number it was planned against."""
        rows = [{"recipient": name, "people": number, "at": at, "author": by} for name, number in agreed.items()]
        with self._access.writing() as connection:
            made = carried_out(connection, edits, by, at)
            if rows:
                connection.execute(insert(agreements), rows)
            return made

    def agreements(self) -> dict[str, Agreement]:
        """All were kept, the last of a name counts."""
        rows = self._access.all(select(agreements).order_by(agreements.c.id))
        return {row.recipient: Agreement(row.recipient, row.people, float(row.at), row.author) for row in rows}

    def all_series(self) -> tuple[Series, ...]:
        """Every series, by id."""
        return tuple(_series(row) for row in self._access.all(select(series).order_by(series.c.id)))

    def number_series(self, wanted: Sequence[NewSeries], *, at: float) -> tuple[Series, ...]:
        """Found, or made in one transaction."""
        values = {one.identity: {"scale": one.scale, "born": at} for one in wanted}
        rows = self._numbered(series, values)
        return tuple(_series(rows[one.identity]) for one in wanted)

    def number_objectives(self, wanted: Sequence[Identity]) -> tuple[int, ...]:
        """Found, or made in one transaction."""
        rows = self._numbered(objectives, {identity: {} for identity in wanted})
        return tuple(rows[identity].id for identity in wanted)

    def learned_delays(self) -> dict[int, float]:
        """Per series, in seconds."""
        return {row.series: row.delay_s for row in self._access.all(select(delays).order_by(delays.c.series))}

    def learn_delay(self, series: int, delay_s: float) -> None:
        """The newest wins; NotFound for a series that was never made."""
        with self._access.writing() as connection:
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
        with self._access.writing() as connection:
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
        with self._access.writing() as connection:
            if connection.execute(update(jobs).where(jobs.c.id == job.id).values(values)).rowcount == 0:
                raise NotFound(f"there is no job {job.id}")

    def job(self, number: int) -> Job | None:
        """One job, or None."""
        found = self._access.all(select(jobs).where(jobs.c.id == number))
        return _job(found[0]) if found else None

    def jobs(self, *, limit: int = 50) -> tuple[Job, ...]:
        """The newest first."""
        return tuple(_job(row) for row in self._access.all(select(jobs).order_by(jobs.c.id.desc()).limit(limit)))

    def backup(self, to: Path) -> None:
        """A consistent copy in a new file."""
        if to.exists():
            raise Conflict("a backup goes into a new file", place=str(to))
        with self._access.explained():
            self._copy(self._engine, to)

    def close(self) -> None:
        """Releases all connections."""
        self._engine.dispose()

    def _numbered(self, table: Table, wanted: Mapping[Identity, Mapping[str, float]]) -> Found:
        with self._access.reading() as connection:
            found = known(connection, table, wanted)
        if len(found) == len(wanted):
            return found
        with self._access.writing() as connection:
            return numbered(connection, table, wanted)


def _revision(row: Row[tuple[object, ...]]) -> Revision:
    return Revision(row.kind, row.name, row.number, row.body, row.at, row.author)


def _series(row: Row[tuple[object, ...]]) -> Series:
    return Series(row.id, row.slo, row.objective, row.digest, row.scale, float(row.born))


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(row.id, row.kind, row.subject, JobState(row.state), row.done, row.units, row.note, float(row.at))
