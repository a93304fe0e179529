"""The engine as whoever asks may see it and act on it: the one place where projects part.

What is about one SLO by its address was let through by the gate; here are lists, and what a body or a filter names.
Everybody who may see all sees the engine's own answers, untouched. Every change leaves a line in the audit log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from leeway.core.assess import Assessment
from leeway.core.window import Span
from leeway.engine.asking import Asking
from leeway.engine.charts import Charts
from leeway.engine.people import Action, Doer, People, Who
from leeway.engine.people.people import Deed
from leeway.engine.series import Series
from leeway.engine.views import Action as Change
from leeway.engine.views import Health, PlanView, SourceState, SourceText, Status, Why
from leeway.engine.work import Work
from leeway.errors import NotFound
from leeway.ports.answers import AnswerStore
from leeway.ports.points import Key
from leeway.ports.push import PushBatch, Receipt
from leeway.ports.state import Job, Revision, slo_of
from leeway.server.access.asking import asking, everywhere, may, name_of, within
from leeway.server.access.gate import refused
from leeway.server.access.sight_alarm import SightAlarm, SightAnnotations
from leeway.server.api import Reader
from leeway.server.engine_port import AlarmPort, AnnotationsPort, EnginePort, Expectations
from leeway.spec.library import Library
from leeway.spec.projects import DEFAULT, project_of


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who asked for a stream; it goes on after the request was let in."""

    engine: EnginePort
    people: People
    who: Who

    def sees(self, slo: str) -> bool:
        project = self.engine.library.project(_SLO, slo)
        return self.sees_all() or (project is not None and self.who.rights.may(Action.READ, project))

    def sees_all(self) -> bool:
        return self.who.rights.everywhere(Action.READ)

    def stays(self) -> bool:
        return self.people.keys.stands(self.who)


_SLO = "SLO"
JOBS_SEARCHED = 1_000
KNOWN = 64
"""So many lists of those who see a part are kept, each until something changed."""


class Sight:
    """An `EnginePort` for routes and pages; outside of a request it answers nothing."""

    def __init__(self, engine: EnginePort, people: People) -> None:
        self._engine, self._people = engine, people
        self._parts: dict[tuple[frozenset[str], str | None], tuple[tuple[Status, ...], tuple[Status, ...]]] = {}
        self._libraries: dict[frozenset[str], tuple[Library, Library]] = {}
        self._charts = engine.charts.seen(self._ensure_seen)
        self._alarm = SightAlarm(engine, self.sees, self.ensure, self._note)
        self._annotations = SightAnnotations(engine.annotations, self._note)

    def sees(self, slo: str) -> bool:
        """True if whoever asks may see this SLO; one that is not there is seen by those who see all."""
        project = self._engine.library.project(_SLO, slo)
        return everywhere(Action.READ) or (project is not None and may(Action.READ, project))

    def ensure(self, action: Action, slo: str) -> None:
        """Raises NotFound for an SLO that they may not see, Denied for one with which they may not do this."""
        self._ensure_seen(slo)
        self._ensure_in(action, self._engine.library.project(_SLO, slo) or DEFAULT)

    def reader(self) -> Reader:
        """Whoever asks, as long as they read."""
        return _Reader(self._engine, self._people, asking().who)

    @property
    def alarm(self) -> AlarmPort:
        """Alerts of what they see."""
        return self._alarm

    @property
    def annotations(self) -> AnnotationsPort:
        """Each is about one SLO, which the gate knows."""
        return self._annotations

    @property
    def charts(self) -> Charts:
        """Of what they see."""
        return self._charts

    @property
    def answers(self) -> AnswerStore:
        """Each is known by its key alone."""
        return self._engine.answers

    @property
    def work(self) -> Work:
        """Jobs of what they were let in for; the list of all tells only of what they see."""
        return self._engine.work

    @property
    def series(self) -> Series:
        """As if there were no other SLOs."""
        return self._engine.series if everywhere(Action.READ) else self._engine.series.seen(self.sees)

    async def statuses(self, *, behind: bool = False) -> tuple[Status, ...]:
        """Also for those who see a part: the same tuple as long as nothing changed."""
        found = await self._engine.statuses(behind=behind)
        if everywhere(Action.READ):
            return found
        part = asking().who.rights.where(Action.READ), within()
        known = self._parts.get(part)
        if known is None or known[0] is not found:
            if len(self._parts) >= KNOWN:
                self._parts.clear()
            known = self._parts[part] = found, tuple(one for one in found if self.sees(one.slo))
        return known[1]

    async def status(self, slo: str) -> tuple[Status, ...]:
        """NotFound also for one that they do not see: pages name it beside the address."""
        self._ensure_seen(slo)
        return await self._engine.status(slo)

    async def why(self, slo: str, objective: str | None) -> Why:
        """The gate knows the SLO."""
        return await self._engine.why(slo, objective)

    async def budget(self, slo: str, *, as_of: int | None, known_at: float | None) -> tuple[Assessment, ...]:
        """The gate knows the SLO."""
        return await self._engine.budget(slo, as_of=as_of, known_at=known_at)

    def points(self, slo: str, start: int | None, end: int | None) -> Iterator[bytes]:
        """The gate knows the SLO."""
        return self._engine.points(slo, start, end)

    async def plan(self, files: tuple[SourceText, ...], *, prune: bool) -> PlanView:
        """Denied if it is about a definition of a project that they may not see."""
        if prune and not everywhere(Action.READ):
            raise refused(Action.READ, "*")
        planned = await self._engine.plan(files, prune=prune)
        self._ensure_all(Action.READ, planned)
        return self._of_seen(planned)

    async def apply(
        self,
        files: tuple[SourceText, ...],
        *,
        prune: bool,
        by: str,
        expected: Expectations | None,
        people: Mapping[str, int] = MappingProxyType({}),
    ) -> PlanView:
        """Denied if it changes anything in a project where they may not, or moves it there."""
        doer = asking()
        if not everywhere(Action.DEFINE):
            if prune:
                raise refused(Action.DEFINE, "*")
            planned = await self._engine.plan(files, prune=False)
            self._ensure_all(Action.DEFINE, planned)
            if expected is None:  # what was looked at is what is applied
                expected = tuple((one.kind, one.name, one.expected) for one in planned.changes)
        by = name_of(doer, by)
        done = await self._engine.apply(files, prune=prune, by=by, expected=expected, people=people)
        await self._note(
            doer,
            by,
            [
                (f"document.{one.action.value}", f"{one.kind} {one.name}", one.before or "", one.after or "")
                for one in done.changes
                if one.action is not Change.KEEP
            ],
        )
        return self._of_seen(done)

    async def delete(self, kind: str, name: str, *, by: str, expected: int | None = None) -> Revision:
        """NotFound for one that they may not see, Denied for one that they may not change."""
        doer = asking()
        project = self._seen(kind, name)
        if project is not None:
            self._ensure_in(Action.DEFINE, project)
        by = name_of(doer, by)
        before = next((one.body for one in await self._engine.documents() if (one.kind, one.name) == (kind, name)), "")
        done = await self._engine.delete(kind, name, by=by, expected=expected)
        await self._note(doer, by, [("document.delete", f"{kind} {name}", before or "", "")])
        return done

    @property
    def asking(self) -> Asking:
        """What sources say is nobody's yet."""
        return self._engine.asking

    @property
    def library(self) -> Library:
        """Of the projects that they may see, also while the request is about one."""
        rights, library = asking().who.rights, self._engine.library
        if rights.everywhere(Action.READ):
            return library
        part = rights.where(Action.READ)
        known = self._libraries.get(part)
        if known is None or known[0] is not library:
            if len(self._libraries) >= KNOWN:
                self._libraries.clear()
            seen = (one for one in library.documents if rights.may(Action.READ, project_of(one.metadata)))
            known = self._libraries[part] = library, Library.of(seen)
        return known[1]

    async def documents(self) -> tuple[Revision, ...]:
        """Those of the projects that they see."""
        found = await self._engine.documents()
        return found if everywhere(Action.READ) else tuple(one for one in found if self._shows(one.kind, one.name))

    async def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """NotFound for one that they may not see; one that is deleted has no project, and is for those who see all."""
        self._seen(kind, name)
        return await self._engine.history(kind, name)

    async def changes(self, start: float, end: float) -> tuple[Revision, ...]:
        """Of definitions that they see; of one that is deleted only those who see all are told."""
        found = await self._engine.changes(start, end)
        if everywhere(Action.READ):
            return found
        projects = {(one.kind, one.name): self._engine.library.project(one.kind, one.name) for one in found}
        seen = {name for name, project in projects.items() if project is not None and may(Action.READ, project)}
        return tuple(one for one in found if (one.kind, one.name) in seen)

    async def push(self, batch: PushBatch, key: Key | None) -> Receipt:
        """Denied if a row is of an SLO whose project they may not push to; all of it or nothing."""
        if not everywhere(Action.PUSH):
            for name in batch.names:
                project = self._engine.library.project(_SLO, name.partition("/")[0])
                if project is None or not may(Action.PUSH, project):
                    raise refused(Action.PUSH, f"of SLO {name[:100]}")
        return await self._engine.push(batch, key)

    async def replay(self, slo: str, span: Span) -> Job:
        """As it may be operated."""
        self.ensure(Action.OPERATE, slo)
        job = await self._engine.replay(slo, span)
        await self._note(asking(), "", [("replay", slo, "", f"job {job.id}: {span.start} to {span.end}")])
        return job

    async def job(self, number: int) -> Job:
        """NotFound also for one about what they do not see."""
        found = await self._engine.job(number)
        if not self.sees(slo_of(found.subject)):
            raise NotFound(f"there is no job {number}")
        return found

    async def jobs(self, limit: int = 50) -> tuple[Job, ...]:
        """About what they see."""
        if everywhere(Action.READ):
            return await self._engine.jobs(limit)
        return tuple(one for one in await self._engine.jobs(JOBS_SEARCHED) if self.sees(slo_of(one.subject)))[:limit]

    async def backup(self, to: Path) -> None:
        """The gate lets admins through."""
        await self._engine.backup(to)
        await self._note(asking(), "", [("backup", str(to), "", "")])

    def sources(self) -> tuple[SourceState, ...]:
        """Of what they see."""
        found = self._engine.sources()
        return found if everywhere(Action.READ) else tuple(one for one in found if self.sees(one.slo))

    def health(self) -> Health:
        """Reasons name SLOs and hosts: those who do not see all learn only whether it is well."""
        found, sees_all = self._engine.health(), asking().who.rights.everywhere(Action.READ)
        return found if sees_all else replace(found, reasons=() if found.ready else ("it is not well",))

    async def _note(self, doer: Doer, by: str, deeds: Iterable[Deed]) -> None:
        if noted := tuple(deeds):
            told = replace(doer, who=replace(doer.who, name=name_of(doer, by) or doer.who.name))
            await self._people.note(told, noted)

    def _ensure_seen(self, slo: str) -> None:
        if not self.sees(slo):
            raise NotFound(f"there is no SLO {slo!r}", mend="`leeway status` lists those that you may see")

    def _ensure_in(self, action: Action, project: str) -> None:
        if not may(action, project):
            raise refused(action, project)

    def _ensure_all(self, action: Action, planned: PlanView) -> None:
        """Both where it is and where it would be."""
        for one in planned.changes:
            for project in {self._engine.library.project(one.kind, one.name), one.project or None} - {None}:
                self._ensure_in(action, project or DEFAULT)

    def _of_seen(self, planned: PlanView) -> PlanView:
        """Without hints that name what they do not see: a slip is answered from all definitions."""
        seen = {name for _, name in self.library.index}
        hidden = [f"`{name}`" for _, name in self._engine.library.index if name not in seen]
        findings = (
            replace(one, hint="") if any(name in one.hint for name in hidden) else one for one in planned.findings
        )
        return replace(planned, findings=tuple(findings)) if hidden else planned

    def _shows(self, kind: str, name: str) -> bool:
        return may(Action.READ, self._engine.library.project(kind, name) or DEFAULT)

    def _seen(self, kind: str, name: str) -> str | None:
        """Its project, if they see it; None for what is not there, to those who see all. Raises NotFound."""
        project = self._engine.library.project(kind, name)
        if not everywhere(Action.READ) and (project is None or not may(Action.READ, project)):
            raise NotFound(f"there is no {kind} {name!r}", mend="`leeway get` lists what you may see")
        return project
