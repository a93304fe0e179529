"""State in dictionaries: the plainest store that keeps the port's promises, for tests of what stands above it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from leeway.errors import Conflict, NotFound, Permanent
from leeway.ports.kit.memory_annotations import MemoryAnnotations
from leeway.ports.kit.memory_answers import MemoryAnswers
from leeway.ports.state import Agreement, Edit, Identity, Job, JobState, NewSeries, Revision, Series


@dataclass(slots=True)
class HeldState:
    """What a disk would hold. Given to a new MemoryState, it is the store reopened."""

    revisions: dict[tuple[str, str], list[Revision]] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    series: dict[Identity, Series] = field(default_factory=dict)
    objectives: dict[Identity, int] = field(default_factory=dict)
    delays: dict[int, float] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    annotations: MemoryAnnotations = field(default_factory=MemoryAnnotations)
    answers: MemoryAnswers = field(default_factory=MemoryAnswers)


class MemoryState:
    """`leeway.ports.state.StateStore` without a disk."""

    def __init__(self, held: HeldState | None = None) -> None:
        self.held = held or HeldState()
        self.annotations, self.answers = self.held.annotations, self.held.answers
        self._lock = threading.RLock()

    def documents(self) -> tuple[Revision, ...]:
        """Every document that is not deleted."""
        with self._lock:
            newest = (revisions[-1] for _, revisions in sorted(self.held.revisions.items()))
            return tuple(each for each in newest if each.body is not None)

    def document(self, kind: str, name: str) -> Revision | None:
        """None when it never was, or is deleted."""
        revisions = self.held.revisions.get((kind, name))
        return revisions[-1] if revisions and revisions[-1].body is not None else None

    def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """Newest first."""
        return tuple(reversed(self.held.revisions.get((kind, name), [])))

    def changes(self, start: float, end: float) -> tuple[Revision, ...]:
        """By looking at every revision."""
        found = [one for each in self.held.revisions.values() for one in each if start <= one.at < end]
        return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.name, one.number)))

    def apply(
        self, edits: Sequence[Edit], *, by: str, at: float, agreed: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[Revision, ...]:
        """Works on a copy, which replaces the original when every edit was good."""
        with self._lock:
            planned = {name: list(revisions) for name, revisions in self.held.revisions.items()}
            made = tuple(_applied(planned, edit, by, at) for edit in edits)
            self.held.revisions = planned
            self.held.agreements |= {name: Agreement(name, people, at, by) for name, people in agreed.items()}
            return made

    def agreements(self) -> dict[str, Agreement]:
        """The newest."""
        with self._lock:
            return dict(self.held.agreements)

    def all_series(self) -> tuple[Series, ...]:
        """By id."""
        with self._lock:
            return tuple(self.held.series.values())

    def number_series(self, wanted: Sequence[NewSeries], *, at: float) -> tuple[Series, ...]:
        """Found, or made."""
        with self._lock:
            held = self.held.series
            return tuple(
                held.setdefault(one.identity, Series(len(held) + 1, *one.identity, one.scale, at)) for one in wanted
            )

    def number_objectives(self, wanted: Sequence[Identity]) -> tuple[int, ...]:
        """Found, or made."""
        with self._lock:
            held = self.held.objectives
            return tuple(held.setdefault(identity, len(held) + 1) for identity in wanted)

    def learned_delays(self) -> dict[int, float]:
        """Per series."""
        with self._lock:
            return dict(sorted(self.held.delays.items()))

    def learn_delay(self, series: int, delay_s: float) -> None:
        """The newest wins."""
        with self._lock:
            if all(each.id != series for each in self.held.series.values()):
                raise NotFound(f"there is no series {series}")
            self.held.delays[series] = delay_s

    def start_job(self, kind: str, subject: str, units: int, at: float) -> Job:
        """A new queued job."""
        with self._lock:
            job = Job(len(self.held.jobs) + 1, kind, subject, JobState.QUEUED, 0, units, "", at)
            self.held.jobs.append(job)
            return job

    def save_job(self, job: Job) -> None:
        """Replaces it."""
        with self._lock:
            if not 1 <= job.id <= len(self.held.jobs):
                raise NotFound(f"there is no job {job.id}")
            self.held.jobs[job.id - 1] = job

    def job(self, number: int) -> Job | None:
        """One job, or None."""
        return self.held.jobs[number - 1] if 1 <= number <= len(self.held.jobs) else None

    def jobs(self, *, limit: int = 50) -> tuple[Job, ...]:
        """Newest first."""
        with self._lock:
            return tuple(self.held.jobs[::-1][:limit])

    def backup(self, to: Path) -> None:
        """Memory has no file to copy."""
        raise Permanent("state in memory cannot be backed up", place=str(to), mend="use a store with a disk")

    def close(self) -> None:
        """Nothing to release."""


def _applied(planned: dict[tuple[str, str], list[Revision]], edit: Edit, by: str, at: float) -> Revision:
    revisions = planned.setdefault((edit.kind, edit.name), [])
    visible = revisions[-1].number if revisions and revisions[-1].body is not None else 0
    if edit.expected != visible:
        raise Conflict(f"{edit.kind} {edit.name} was changed since it was planned", mend="plan again, then apply")
    if edit.body is None and not visible:
        raise Conflict(f"{edit.kind} {edit.name} does not exist, so it cannot be deleted", mend="plan again")
    revision = Revision(edit.kind, edit.name, len(revisions) + 1, edit.body, at, by)
    revisions.append(revision)
    return revision
