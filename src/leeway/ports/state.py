"""The store of state: definitions with their history, series, and jobs. Small, transactional, shared by replicas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from leeway.ports.annotations import AnnotationStore
from leeway.ports.answers import AnswerStore


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of one document. `body` is its OpenSLO YAML text, None when this revision deleted it."""

    kind: str
    name: str
    number: int
    body: str | None
    at: float
    by: str

    @property
    def title(self) -> str:
        """What messages call the document."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Edit:
    """A wanted change: the new body (None deletes) and the revision it was planned against (0: it must not exist)."""

    kind: str
    name: str
    body: str | None
    expected: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Somebody typed how many people a Recipient reaches, and wants to reach them all."""

    recipient: str
    people: int
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class Series:
    """The data of one SLI: numbered for ever. A changed indicator (`digest`) is a new series, so data never mixes.

    `objective` is "" for an SLI of the whole SLO. `scale` is quanta per event. `born` is when it was first applied.
    """

    id: int
    slo: str
    objective: str
    digest: str
    scale: int
    born: float

    @property
    def identity(self) -> Identity:
        """By which it is found again."""
        return self.slo, self.objective, self.digest


Identity = tuple[str, str, str]
"""What is numbered once and for ever: the SLO, its objective ("" for the whole SLO), the digest of the definition."""


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series to be found, or made with this scale."""

    identity: Identity
    scale: int


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


def slo_of(subject: str) -> str:
    """The SLO that the subject of a job names, if it names one: `checkout 1789995600 1789999200` is about checkout."""
    slo, *span = subject.rsplit(" ", 2)
    return slo if len(span) == 2 and all(one.isdigit() for one in span) else subject


@dataclass(frozen=True, slots=True)
class Job:
    """Long work that can be watched and resumed: `done` of `all` units, `note` in plain words.

    Where it is about an SLO, the `subject` begins with its name; of a replay the span follows (see `slo_of`).
    """

    id: int
    kind: str
    subject: str
    state: JobState
    done: int
    all: int
    note: str
    at: float


class StateStore(Protocol):
    """Durable state. Errors: Conflict (planned against an older revision), StoreFull, NewerFormat (on opening)."""

    @property
    def annotations(self) -> AnnotationStore:
        """What people wrote on charts, on the same ground."""

    @property
    def answers(self) -> AnswerStore:
        """What was answered under which key, on the same ground."""

    def documents(self) -> tuple[Revision, ...]:
        """The current revision of every document that is not deleted, by kind and name."""

    def document(self, kind: str, name: str) -> Revision | None:
        """The current revision, or None."""

    def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """All revisions, newest first, deletions included."""

    def changes(self, start: float, end: float) -> tuple[Revision, ...]:
        """Every revision of any document that was made from `start` on and before `end`, oldest first."""

    def apply(
        self, edits: Sequence[Edit], *, by: str, at: float, agreed: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[Revision, ...]:
        """All edits or none. Raises Conflict, naming the document, if one was changed since it was planned.

        With them is kept to how many people per Recipient `by` agreed.
        """

    def agreements(self) -> dict[str, Agreement]:
        """The newest for each Recipient that ever had one, by name."""

    def all_series(self) -> tuple[Series, ...]:
        """Every series ever made, by id."""

    def number_series(self, wanted: Sequence[NewSeries], *, at: float) -> tuple[Series, ...]:
        """The series of these SLIs in their order; those that are new are made, all or none."""

    def number_objectives(self, wanted: Sequence[Identity]) -> tuple[int, ...]:
        """The numbers of these objectives' definitions in their order; new ones get one that was never used before."""

    def learned_delays(self) -> dict[int, float]:
        """Per series the learned delay of its source in seconds."""

    def learn_delay(self, series: int, delay_s: float) -> None:
        """Keeps the learned delay of a series."""

    def start_job(self, kind: str, subject: str, units: int, at: float) -> Job:
        """A new queued job."""

    def save_job(self, job: Job) -> None:
        """Keeps the progress of a job."""

    def job(self, number: int) -> Job | None:
        """One job, or None."""

    def jobs(self, *, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs first."""

    def backup(self, to: Path) -> None:
        """Writes a consistent copy to the new file `to` while work goes on."""

    def close(self) -> None:
        """Releases the database."""
