"""The engine as its surfaces see it: every command and every query is one call, and one loop lets time pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import structlog

from leeway.core.assess import Assessment
from leeway.core.window import Span
from leeway.engine import query, standing
from leeway.engine.alerts import Alarm
from leeway.engine.asking import Asking
from leeway.engine.book import Book
from leeway.engine.catalog import STEP_S, Catalog, CheckSource, Feed, Numbers, SourceKey, library_of, make_catalog
from leeway.engine.certainty import Sureness
from leeway.engine.charts import Annotations, Charts
from leeway.engine.collect import Collector
from leeway.engine.crowds import agree
from leeway.engine.export import export
from leeway.engine.forecasts import Forecasts
from leeway.engine.goal import Goal
from leeway.engine.ingest import ingest
from leeway.engine.intake import Intake
from leeway.engine.planning import Texts, ensure_agreed, ensure_sound, make_plan
from leeway.engine.replay import Replays
from leeway.engine.series import Series
from leeway.engine.settling import Settling
from leeway.engine.threads import whole
from leeway.engine.views import STALE_S, Action, Health, PlanView, SourceState, SourceText, Status, Why
from leeway.engine.work import Work
from leeway.errors import Conflict, Invalid, LeewayError, NotFound, Transient
from leeway.ports.clock import Clock
from leeway.ports.points import Key, PointStore
from leeway.ports.push import PushBatch, Receipt
from leeway.ports.source import Source
from leeway.ports.state import Edit, Job, Revision, StateStore
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean

TICK_S = 5.0
"""How often the ledgers look for changes."""

BACK_S = 120
"""A clock that was set back by more than this takes the ledgers with it; by less, they wait for it."""

log = structlog.get_logger("leeway.engine")


class Engine:
    """All of Leeway but its surfaces. Start it once in a running loop, stop it once."""

    def __init__(
        self,
        points: PointStore,
        state: StateStore,
        clock: Clock,
        texts: Texts,
        *,
        open_source: Callable[[SourceKey], Source],
        check_source: CheckSource,
        pulls: Callable[[str], bool],
        back_up: Callable[[Path], None],
        alarm: Alarm,
        retain_days: int = 400,
    ) -> None:
        self.alarm, self.answers = alarm, state.answers
        self.asking, self.work = Asking(open_source, pulls, clock), Work(state, clock)
        self._points, self._state, self._clock = points, state, clock
        self._texts, self._numbers = texts, Numbers(state)
        self._pulls, self._check, self._back_up = pulls, check_source, back_up
        self._intake = Intake(points)
        self._collector = Collector(self._intake, state, clock, open_source)
        self._replays = Replays(self._intake, state, self._collector, clock)
        self._book = Book(points, int(clock.now()))
        self._forecasts = Forecasts(points, clock, lambda: (self._catalog.goals, self._book))
        self._catalog = Catalog(library_of((), texts.read), (), ())
        self.series = Series(points, alarm.alerts, self.statuses, lambda: (self._catalog, self._book.head))
        self.annotations = Annotations(state.annotations, clock, self._goals)
        self.charts = Charts(
            points,
            alarm,
            state.annotations,
            self._forecasts.of,
            lambda: (self._catalog, self._book),
            self._as_of,
            self._intake.set_aside,
        )
        self._feeds_by_name: dict[str, Feed] = {}
        self._pulled: set[int] = set()
        self._changing, self._standing = asyncio.Lock(), standing.Standing(clock)
        self._in_force, self._problem = True, ""
        self._settling = Settling(points, alarm.prune, retain_days)
        self._loop: asyncio.Task[None] | None = None
        self._evaluated_at: float | None = None
        self._sureness = Sureness()

    async def start(self) -> None:
        """Warms the ledgers, then begins to collect and to evaluate."""
        scan = asyncio.create_task(asyncio.to_thread(self._points.extent), name="extent")  # while definitions are read
        try:
            await self._reload()
        finally:
            await scan
        try:
            await self._evaluate(self._clock.now())
        except Transient as error:  # a full disk, for one; `health` tells it, and the next tick tries again
            self._failed(error)
        self._replays.resume(self._catalog.feeds)
        self.alarm.start()
        self._loop = asyncio.create_task(self._run(), name="evaluate")
        self._forecasts.start()

    async def stop(self) -> None:
        """Ends all work; what was acknowledged is durable already."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await self._forecasts.close()
        await self.alarm.close()
        await self._replays.close()
        await self._collector.close()
        self._book.close()

    async def statuses(self, *, behind: bool = False) -> tuple[Status, ...]:
        """Every objective, in the order of definition; for `behind` see Standing."""
        return await self._standing.statuses(
            lambda: (self._book.head, self._book.edition),
            lambda: standing.statuses(
                self._catalog, self._book, self._points, self.sources(), self._sureness, self._as_of
            ),
            behind=behind,
        )

    async def status(self, slo: str) -> tuple[Status, ...]:
        """The objectives of one SLO. Raises NotFound."""
        self._goals(slo)
        return tuple(status for status in await self.statuses() if status.slo == slo)

    async def why(self, slo: str, objective: str | None) -> Why:
        """How the number of one objective came about; the first objective if none is named. Raises NotFound."""
        goal = self._catalog.goal(slo, objective)
        shown = (await self.status(slo))[self._goals(slo).index(goal)]
        foreseen = await self._forecasts.of(goal)
        chances = await asyncio.to_thread(self.alarm.chances, goal, self._book)
        guard = self.alarm.gauge.guard(goal) if chances else None
        return await asyncio.to_thread(query.why, goal, shown, foreseen, chances, guard, self._points)

    async def budget(self, slo: str, *, as_of: int | None, known_at: float | None) -> tuple[Assessment, ...]:
        """The budgets of an SLO at any time, with what is known now or was known at `known_at`. Raises NotFound."""
        at = self._book.head if as_of is None else as_of - as_of % STEP_S
        return tuple(
            [await asyncio.to_thread(query.past, goal, self._points, at, known_at) for goal in self._goals(slo)]
        )

    def points(self, slo: str, start: int | None, end: int | None) -> Iterator[bytes]:
        """The stored points of one SLO as CSV, in parts; see `leeway.engine.export`. Blocking. Raises NotFound."""
        return export(self._feeds_of(slo), self._points, start, end)

    async def plan(self, files: tuple[SourceText, ...], *, prune: bool) -> PlanView:
        """What applying these files would do."""
        current, agreed = await asyncio.to_thread(lambda: (self._state.documents(), self._agreed()))
        check, reach = self._check, self.alarm.check
        return await asyncio.to_thread(make_plan, current, files, self._texts, check, reach, prune=prune, agreed=agreed)

    async def apply(
        self,
        files: tuple[SourceText, ...],
        *,
        prune: bool,
        by: str,
        expected: tuple[tuple[str, str, int], ...] | None,
        people: Mapping[str, int] = MappingProxyType({}),
    ) -> PlanView:
        """Applies all changes or none. Raises Invalid if the plan is refused, Conflict if the ground moved since.

        `expected` are the (kind, name, revision) that the person saw when they said yes; None applies whatever stands.
        `people` are the numbers that were typed for crowds; Invalid if one is missing or wrong.
        """
        async with self._changing:
            plan = await self.plan(files, prune=prune)
            ensure_agreed(plan, self._texts, expected)
            agreed = agree(plan.crowds, people)
            changes = [one for one in plan.changes if one.action is not Action.KEEP]
            edits = [Edit(one.kind, one.name, one.after, one.expected) for one in changes]
            await self._change(edits, by, agreed)
            return plan

    async def delete(self, kind: str, name: str, *, by: str, expected: int | None = None) -> Revision:
        """Deletes one document; its history and points are kept. Raises NotFound, Conflict if not `expected`."""
        async with self._changing:
            documents = await self.documents()
            current = next((one for one in documents if (one.kind, one.name) == (kind, name)), None)
            if current is None:
                names = [one.name for one in documents if one.kind == kind]
                raise NotFound(f"there is no {kind} {name!r}", mend=did_you_mean(name, names))
            if expected is not None and current.number != expected:
                raise Conflict("somebody changed it meanwhile", place=current.title, mend="look at it once more")
            rest = tuple(one for one in documents if one is not current)
            before, after = (library_of(each, self._texts.read) for each in (documents, rest))
            await asyncio.to_thread(ensure_sound, before, after, self._check, self.alarm.check)
            return (await self._change([Edit(kind, name, None, current.number)], by))[0]

    async def documents(self) -> tuple[Revision, ...]:
        """The current definitions."""
        return await asyncio.to_thread(self._state.documents)

    @property
    def library(self) -> Library:
        """The definitions in force, read."""
        return self._catalog.library

    async def history(self, kind: str, name: str) -> tuple[Revision, ...]:
        """All revisions of one document, newest first. Raises NotFound."""
        revisions = await asyncio.to_thread(self._state.history, kind, name)
        if not revisions:
            raise NotFound(f"there never was a {kind} {name!r}")
        return revisions

    async def changes(self, start: float, end: float) -> tuple[Revision, ...]:
        """Every revision that was made in a span, oldest first."""
        return await asyncio.to_thread(self._state.changes, start, end)

    async def push(self, batch: PushBatch, key: Key | None) -> Receipt:
        """Takes pushed points; durable on return."""
        feeds, now = self._feeds_by_name, self._clock.now()
        return await asyncio.to_thread(ingest, batch, feeds, self._intake, now=now, key=key)

    async def replay(self, slo: str, span: Span) -> Job:
        """Fetches a span of history again, as a job. Raises NotFound, and Invalid for what is no history or if the
        source keeps none."""
        feeds = self._feeds_of(slo)
        start, end = span.start - span.start % STEP_S, min(span.end, self._book.head) // STEP_S * STEP_S
        if start >= end:
            raise Invalid("no minute of it is over yet", place="start, end", mend="take a span that has passed")
        return self._replays.start(slo, feeds, Span(start, end))

    async def job(self, number: int) -> Job:
        """One job. Raises NotFound."""
        return await asyncio.to_thread(self._replays.job, number)

    async def jobs(self, limit: int = 50) -> tuple[Job, ...]:
        """The newest jobs."""
        return await asyncio.to_thread(self._state.jobs, limit=limit)

    async def backup(self, to: Path) -> None:
        """A consistent copy of points and state in the new folder `to`, while work goes on; the jobs have it too."""
        await asyncio.to_thread(self._back_up, to)
        await self.work.done("backup", str(to))

    def sources(self) -> tuple[SourceState, ...]:
        """How every series is fed."""
        return tuple(self._collector.shown(feed) for feed in self._catalog.feeds)

    def health(self) -> Health:
        """Whether Leeway itself is well."""
        reasons = list(dict.fromkeys(filter(None, (self._problem, self._intake.problem))))
        if self._evaluated_at is None:
            reasons.append("nothing was evaluated yet")
        elif self._clock.now() - self._evaluated_at > STALE_S:
            reasons.append("the last evaluation is too long ago")
        return Health(
            ready=not reasons,
            reasons=(*reasons, *self._catalog.refused, *self.alarm.troubles()),
            evaluated_at=self._evaluated_at,
            head=self._book.head,
            objectives=len(self._catalog.goals),
            series=len(self._catalog.feeds),
            ledger_bytes=self._book.nbytes,
            accepted=self._intake.accepted,
            quarantined=tuple(sorted(self._intake.quarantined.items())),
        )

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(TICK_S)
            try:
                await self._tick(self._clock.now())
            except LeewayError as error:
                self._failed(error)
            except Exception as error:  # the one worker loop: a fault of ours must not stop evaluation
                log.exception("evaluating failed in a way nobody foresaw")
                self._failed(error)

    async def _tick(self, now: float) -> None:
        """What fails is told by `health`; the ledgers stay as they are, and the next tick tries again."""
        if now < self._book.head - BACK_S:
            await self._go_back(now)
        if not self._in_force:
            async with self._changing:
                await self._reload()
        await self._evaluate(now)
        await self._settling.settle(self._book, int(now))
        await whole(lambda: self.alarm.gauge.measure(self._points, self._book.born, now))
        self._problem = ""

    async def _evaluate(self, now: float) -> None:
        await whole(lambda: self.alarm.platform.sing(self._points, now))
        await whole(lambda: self._book.catch_up(int(now)))
        self._evaluated_at = now  # budgets go on, also where what alerts say cannot be stored
        await whole(self._look)

    def _look(self) -> None:
        self.alarm.look(self._book, self._as_of, lambda goal, at: query.live(goal, self._book, self._points, at))

    def _as_of(self, goal: Goal) -> int:
        """The last minute that the goal's source has had time to answer for."""
        feed = self._collector.states.get(goal.series)
        return self._book.head - (-int(-feed.delay_s // STEP_S) * STEP_S if feed and goal.series in self._pulled else 0)

    def _failed(self, error: Exception) -> None:
        if not self._problem:
            log.warning("evaluating failed; budgets stay as they were", error=str(error))
        self._problem = str(error) or type(error).__name__

    async def _go_back(self, now: float) -> None:
        """The clock was set back: ledgers only move forwards, so new ones are warmed at the earlier time."""
        log.warning("the clock was set back", head=self._book.head, now=now)
        async with self._changing, self._standing.lock:
            book = await asyncio.to_thread(self._warmed, int(now))
            self._book.close()
            self._book = book
            self._settling.forget()
            self._standing.forget()

    def _warmed(self, at: int) -> Book:
        book = Book(self._points, at)
        try:
            book.set_goals((*self._catalog.goals, *self.alarm.platform.goals))
        except BaseException:  # a book that nobody keeps must not go on following the store
            book.close()
            raise
        return book

    async def _change(
        self, edits: list[Edit], by: str, agreed: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[Revision, ...]:
        """Stores the edits; what keeps them from coming into force is told by `health` and tried again."""
        revisions = await asyncio.to_thread(self._state.apply, edits, by=by, at=self._clock.now(), agreed=agreed)
        self._in_force = False
        try:
            await self._reload()
        except Transient as error:
            self._failed(error)
        return revisions

    async def _reload(self) -> None:
        """Makes the running parts follow the definitions."""
        library, at = await whole(self._library), self._clock.now()
        catalog = await asyncio.to_thread(make_catalog, library, self._numbers, at, self._pulls)
        self.alarm.agreed = await asyncio.to_thread(self._agreed)
        async with self._standing.lock:
            await asyncio.to_thread(self._book.set_goals, (*catalog.goals, *self.alarm.platform.goals))
            self._catalog = catalog
            self._standing.forget()
            self._feeds_by_name = {feed.name: feed for feed in catalog.feeds}
            self._pulled = {feed.series.id for feed in catalog.feeds if feed.source is not None}
            await asyncio.to_thread(self.alarm.watch, catalog, self._book.head)
        await self._collector.set_feeds(catalog.feeds)
        self._in_force = True
        for refused in catalog.refused:
            log.error("an SLO is not computed", reason=refused)

    def _agreed(self) -> dict[str, int]:
        """How many people each recipient may reach."""
        return {name: one.people for name, one in self._state.agreements().items()}

    def _library(self) -> Library:
        """The definitions as they are stored; what was read of others is forgotten."""
        revisions = self._state.documents()
        library = library_of(revisions, self._texts.read)
        self._texts.keep((one.body, one.title) for one in revisions if one.body is not None)
        return library

    def _goals(self, slo: str) -> tuple[Goal, ...]:
        self._catalog.goal(slo, None)  # or NotFound
        return self._catalog.goals_of(slo)

    def _feeds_of(self, slo: str) -> tuple[Feed, ...]:
        self._goals(slo)  # or NotFound
        return tuple(feed for feed in self._catalog.feeds if feed.series.slo == slo)
