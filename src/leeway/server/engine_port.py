"""What the server asks of the engine; the composition root hands in the real one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from leeway.core.alerting.policy import Severity
from leeway.core.alerting.silence import Silence
from leeway.core.assess import Assessment
from leeway.core.window import Span
from leeway.engine.alerts.routes import Outlook
from leeway.engine.alerts.silences import Silenced, SilenceWish
from leeway.engine.alerts.watch import Watched
from leeway.engine.asking import Asking
from leeway.engine.charts import Charts
from leeway.engine.charts.annotations import AnnotationWish
from leeway.engine.series import Series
from leeway.engine.views import Health, PlanView, SourceState, SourceText, Status, Why
from leeway.engine.work import Work
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.ports.answers import AnswerStore
from leeway.ports.decisions import Decision
from leeway.ports.outbox import Delivery, Waiting
from leeway.ports.points import Key
from leeway.ports.push import PushBatch, Receipt
from leeway.ports.state import Job, Revision
from leeway.spec.documents import Recipient
from leeway.spec.library import Library

Expectations = tuple[tuple[str, str, int], ...]
"""Kind, name and the revision that was planned against."""


class SilencesPort(Protocol):
    """Silences, as people ask for them."""

    async def add(self, wish: SilenceWish, *, dry_run: bool = False) -> Silenced:
        """What it covers; Invalid."""

    async def end(self, number: int, by: str) -> Silence:
        """Over from now on; NotFound, or Conflict if it was over before."""

    async def silences(self, *, over: bool = False) -> tuple[Silence, ...]:
        """The newest first."""


class AnnotationsPort(Protocol):
    """What people write on charts."""

    async def add(self, slo: str, wish: AnnotationWish) -> Annotation:
        """Keeps it; NotFound, Invalid."""

    async def remove(self, slo: str, number: int) -> Annotation:
        """Takes it away; NotFound."""

    async def annotations(self, slo: str, start: float = -math.inf, end: float = math.inf) -> tuple[Annotation, ...]:
        """Those that touch the span; NotFound."""


class RoutesPort(Protocol):
    """Who would be told, looked at before it is needed."""

    async def preview(self, slo: str | None = None, policy: str | None = None) -> Outlook:
        """All routes, or those of exactly these names; NotFound."""

    async def test(self, name: str, by: str, severity: Severity) -> tuple[str, Recipient]:
        """Puts out a test for the Recipient of exactly this name, and gives its key; NotFound."""


class AlarmPort(Protocol):
    """Alerts, as people see them and act on them."""

    @property
    def routes(self) -> RoutesPort:
        """Who would be told."""

    @property
    def silences(self) -> SilencesPort:
        """What keeps alerts from people for a time."""

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Every objective with the policies in force on it."""

    async def alert(self, key: str) -> Alert | None:
        """One alert."""

    async def decisions(self, alerts: Sequence[Alert]) -> tuple[Decision, ...]:
        """What was decided about these, the newest first."""

    async def alerts(self, slo: str | None, *, up: bool, limit: int) -> tuple[Alert, ...]:
        """The newest first."""

    async def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """What was said of one alert, and to whom; NotFound."""

    async def told(self, keys: Sequence[str]) -> tuple[Delivery, ...]:
        """What was said of all these, and to whom."""

    async def newest(self, *, each: int) -> tuple[Delivery, ...]:
        """So many messages of each Recipient, the newest first."""

    async def waiting(self) -> Waiting:
        """What is due and has not gone out."""

    async def acknowledge(self, key: str, by: str) -> tuple[Alert, ...]:
        """Somebody has taken it; NotFound, or Conflict if it is over."""


class EnginePort(Protocol):
    """Every use case that the API and the pages show. Errors are of the tree in `leeway.errors`."""

    @property
    def alarm(self) -> AlarmPort:
        """Alerts."""

    @property
    def series(self) -> Series:
        """Budgets over time, by name."""

    @property
    def charts(self) -> Charts:
        """The past of each objective, as pages draw it."""

    @property
    def answers(self) -> AnswerStore:
        """What was answered under which key."""

    @property
    def work(self) -> Work:
        """Jobs of the caller's own."""

    @property
    def annotations(self) -> AnnotationsPort:
        """What people wrote on charts."""

    @property
    def asking(self) -> Asking:
        """What sources say of questions that no SLO asks yet."""

    async def statuses(self, *, behind: bool = False) -> tuple[Status, ...]:
        """All objectives; the same tuple as long as nothing changed. `behind`: rather seconds old than waited for."""

    async def status(self, slo: str) -> tuple[Status, ...]:
        """The objectives of one SLO; NotFound with what was perhaps meant."""

    async def why(self, slo: str, objective: str | None) -> Why:
        """Every input of one number."""

    async def budget(self, slo: str, *, as_of: int | None, known_at: float | None) -> tuple[Assessment, ...]:
        """The objectives of one SLO at a past time, as known at a past time."""

    def points(self, slo: str, start: int | None, end: int | None) -> Iterator[bytes]:
        """Its stored points as CSV, in parts. Blocks while it reads; NotFound at once."""

    async def plan(self, files: tuple[SourceText, ...], *, prune: bool) -> PlanView:
        """What applying would do."""

    async def apply(
        self,
        files: tuple[SourceText, ...],
        *,
        prune: bool,
        by: str,
        expected: Expectations | None,
        people: Mapping[str, int] = MappingProxyType({}),
    ) -> PlanView:
        """All or none: Conflict if something changed since it was planned, Invalid if the plan is refused.

        Invalid also if `people` lacks the number of a crowd.
        """

    async def delete(self, kind: str, name: str, *, by: str, expected: int | None = None) -> Revision:
        """The revision that deletes it; Conflict if the current one is not the `expected`."""

    @property
    def library(self) -> Library:
        """The definitions in force, read."""

    async def documents(self) -> tuple[Revision, ...]:
        """The current revision of every definition."""

    async def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """All revisions, newest first."""

    async def changes(self, start: float, end: float) -> tuple[Revision, ...]:
        """Every revision that was made in a span, oldest first."""

    async def push(self, batch: PushBatch, key: Key | None) -> Receipt:
        """Durable when it returns."""

    async def replay(self, slo: str, span: Span) -> Job:
        """Starts the job, or goes on with one that was broken off."""

    async def job(self, number: int) -> Job:
        """One job, or NotFound."""

    async def jobs(self, limit: int = 50) -> tuple[Job, ...]:
        """Newest first."""

    async def backup(self, to: Path) -> None:
        """A consistent copy in a new folder."""

    def sources(self) -> tuple[SourceState, ...]:
        """How each series is fed."""

    def health(self) -> Health:
        """Is Leeway itself well?"""
