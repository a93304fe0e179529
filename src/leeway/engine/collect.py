"""Asks sources on schedule: each series by itself, so a slow or broken source delays no other.

Every minute a series asks for what is new and once more for the last minutes, because data comes late: steps that say
something else than before are appended as new versions, and the lateness seen is learned as the source's delay. After
an outage the asks reach back to where the last reading ended.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import structlog

from leeway.core.points import Points
from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.catalog import STEP_S, Feed, SourceKey
from leeway.engine.intake import Intake, measured, rows_of
from leeway.engine.threads import whole
from leeway.engine.views import SourceState
from leeway.errors import Invalid, LeewayError, NotUnderstood, Throttled
from leeway.ports.clock import Clock
from leeway.ports.points import Collected, Rows
from leeway.ports.source import Ability, Ask, Source
from leeway.ports.state import StateStore

AGAIN_S = 300
"""The last minutes that are asked again, to see what came late."""

CHUNK_S = 6 * 3_600
"""The longest span of one ask."""

CATCH_UP_S = 3 * 86_400
"""How far back a series catches up by itself after an outage; more is what replay is for."""

JITTER_S = 10
"""Series spread their asks over so many seconds of each minute."""

MAX_DELAY_S = 900
"""What is told differently after more than this is a correction and no lateness."""

MAX_WAIT_S = 3_600
"""A source that asks to be left alone for longer is asked again all the same."""

AT_ONCE = 8
"""Asks under way at once to one source; probes take their whole step each, and wait for no other."""

Told = dict[int, tuple[float | bytes, ...]]
"""By time the numbers of a point, or its packed histogram."""

log = structlog.get_logger("leeway.collect")


@dataclass(slots=True)
class FeedState:
    """What is known of how a series is fed; see views.SourceState."""

    delay_s: float
    collected_until: int | None = None
    last_success: float | None = None
    last_attempt: float | None = None
    last_error: str = ""
    failures: int = 0
    kept_delay_s: float = 0.0
    recent: Told = field(default_factory=dict)


class Collector:
    """Runs the schedules of all feeds that have a source."""

    def __init__(
        self, intake: Intake, state: StateStore, clock: Clock, open_source: Callable[[SourceKey], Source]
    ) -> None:
        self._intake = intake
        self._state = state
        self._clock = clock
        self._open = open_source
        self._sources: dict[SourceKey, Source] = {}
        self._turns: dict[Source, AbstractAsyncContextManager[None]] = {}
        self._tasks: dict[int, tuple[Feed, asyncio.Task[None]]] = {}
        self.states: dict[int, FeedState] = {}

    def shown(self, feed: Feed) -> SourceState:
        """How a series is fed, as people see it."""
        state = self.states.get(feed.series.id) or FeedState(0.0)
        return SourceState(
            series=feed.series.id,
            slo=feed.series.slo,
            objective=feed.series.objective,
            source=feed.source.title if feed.source else "push",
            kind=feed.kind,
            pulled=feed.source is not None,
            delay_s=state.delay_s,
            collected_until=state.collected_until,
            last_success=state.last_success,
            last_attempt=state.last_attempt,
            last_error=state.last_error,
            failures=state.failures,
        )

    async def set_feeds(self, feeds: tuple[Feed, ...]) -> None:
        """Makes these the feeds: new ones start, changed ones start anew, those not named stop."""
        wanted = {feed.series.id: feed for feed in feeds if feed.source is not None}
        for number, (feed, _) in list(self._tasks.items()):
            if wanted.get(number) != feed:
                await self._cancel(number)
        delays = await asyncio.to_thread(self._state.learned_delays)
        last = await asyncio.to_thread(self._intake.points.last_readings)
        for number, feed in wanted.items():
            if number in self._tasks:
                continue
            delay_s = delays.get(number, 0.0)
            state = self.states.setdefault(number, FeedState(delay_s, kept_delay_s=delay_s))
            if number in last:
                state.collected_until = last[number].provenance.span.end
            self._tasks[number] = (feed, asyncio.create_task(self._run(feed, state), name=f"collect {feed.name}"))
        used = {feed.source for feed, _ in self._tasks.values()}
        for key in [key for key in self._sources if key not in used]:
            await self._close(key)

    async def close(self) -> None:
        """Stops all schedules and closes the sources."""
        for number in list(self._tasks):
            await self._cancel(number)
        for key in list(self._sources):
            await self._close(key)

    def source(self, feed: Feed) -> Source:
        """The feed's source, opened once for all its feeds. Raises Invalid if it cannot be built."""
        if feed.source is None:
            raise Invalid(f"{feed.name} is pushed: there is no source to ask")
        if feed.source not in self._sources:
            source = self._sources[feed.source] = self._open(feed.source)
            probes = Ability.PROBE in source.manifest.abilities
            self._turns[source] = nullcontext() if probes else asyncio.Semaphore(AT_ONCE)
        return self._sources[feed.source]

    async def take(self, feed: Feed, state: FeedState, span: Span) -> int:
        """Asks for one span and appends what is new; returns the rows appended. Schedule and replay go this way."""
        source = self.source(feed)
        async with self._turns[source]:
            reading = await source.read(Ask(feed.metrics, span, STEP_S))
        if ((reading.time < span.start) | (reading.time >= span.end)).any():
            raise NotUnderstood("the answer tells of times that were not asked for", place=feed.name)
        now = self._clock.now()
        received = measured(reading)
        points, faults = self._intake.check(feed, received, now)
        new = self._news(state, points, now)
        collected = Collected(feed.series.id, reading.provenance, len(points))
        await whole(lambda: self._intake.append(rows_of(feed.series.id, new), now=now, readings=[collected]))
        self._intake.count(len(new), faults)
        self._intake.set_aside.note(feed.series.id, received, faults, now)
        self._remember(state, new, span.end)
        return len(new)

    async def _run(self, feed: Feed, state: FeedState) -> None:
        jitter = zlib.crc32(feed.name.encode()) % (JITTER_S * 10) / 10
        async with asyncio.TaskGroup() as probes:
            while True:
                await self._attempt(feed, state, partial(self._once, feed, state, probes))
                now = self._clock.now()
                await self._clock.sleep(STEP_S - (now - state.delay_s - jitter) % STEP_S)

    async def _attempt(self, feed: Feed, state: FeedState, work: Callable[[], Awaitable[None]]) -> None:
        """Does the work; what goes wrong is noted at the series."""
        try:
            await work()
        except LeewayError as error:
            self._failed(feed, state, error)
            if isinstance(error, Throttled) and error.retry_after_s:
                await self._clock.sleep(min(error.retry_after_s, MAX_WAIT_S))
        except Exception as error:  # the one worker loop: a fault of ours must not stop the schedule
            log.exception("collecting failed in a way nobody foresaw", series=feed.name)
            self._failed(feed, state, error)

    async def _once(self, feed: Feed, state: FeedState, probes: asyncio.TaskGroup) -> None:
        now = self._clock.now()
        state.last_attempt = now
        manifest = self.source(feed).manifest
        state.delay_s = max(state.delay_s, manifest.delay_s)
        if Ability.PROBE in manifest.abilities:
            start = int(now) - int(now) % STEP_S
            ask = partial(self._ask, feed, state, Span(start, start + STEP_S))
            probes.create_task(self._attempt(feed, state, ask))  # over after its step: the next must not wait for it
            return
        for span in self._due(feed, state, now):
            if span.length_s > 2 * AGAIN_S:
                rows = await whole(partial(self._intake.points.read, feed.series.id, span))
                state.recent = said(rows, feed)
            await self._ask(feed, state, span)

    async def _ask(self, feed: Feed, state: FeedState, span: Span) -> None:
        await self.take(feed, state, span)
        state.collected_until = span.end
        if state.failures:
            log.info("the source answers again", series=feed.name, failures=state.failures)
        state.last_success, state.last_error, state.failures = self._clock.now(), "", 0

    def _due(self, feed: Feed, state: FeedState, now: float) -> list[Span]:
        """What to ask for: since the last reading, or, if that lies ahead because the clock did, all within reach."""
        end = int(now - state.delay_s)
        end -= end % STEP_S
        born = int(min(feed.series.born, now))
        start = max(end - CATCH_UP_S, born - born % STEP_S - AGAIN_S)
        until = end if state.collected_until is None else state.collected_until
        if until <= now + STEP_S:
            start = max(start, min(until, end) - AGAIN_S)
        return [Span(at, min(at + CHUNK_S, end)) for at in range(start, end, CHUNK_S)]

    def _news(self, state: FeedState, points: Points, now: float) -> Points:
        """Points that differ from what the series said before; a changed step teaches how late the source is."""
        told = _told(points)
        new = np.array([state.recent.get(time) != row for time, row in told.items()], np.bool_)
        late = [now - (time + STEP_S) for time, row in told.items() if state.recent.get(time, row) != row]
        state.delay_s = max(state.delay_s, max((each for each in late if each <= MAX_DELAY_S), default=0.0))
        return points[new]

    def _remember(self, state: FeedState, new: Points, end: int) -> None:
        state.recent |= _told(new)
        state.recent = {time: row for time, row in state.recent.items() if time >= end - 2 * AGAIN_S}

    def _failed(self, feed: Feed, state: FeedState, error: Exception) -> None:
        """Logs the first failure only; the recovery is logged too."""
        if not state.failures:
            log.warning("the source does not answer as it should", series=feed.name, error=str(error))
        state.failures += 1
        state.last_error = str(error) or type(error).__name__

    async def _cancel(self, number: int) -> None:
        feed, task = self._tasks.pop(number)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        state = self.states[number]
        if state.delay_s == state.kept_delay_s:
            return
        try:
            await whole(lambda: self._state.learn_delay(feed.series.id, state.delay_s))
        except LeewayError as error:
            log.warning("a delay is not kept; it will be learned again", series=feed.name, error=str(error))
        state.kept_delay_s = state.delay_s

    async def _close(self, key: SourceKey) -> None:
        source = self._sources.pop(key)
        self._turns.pop(source)
        await source.close()


def said(rows: Rows, feed: Feed) -> Told:
    """What stored rows say, by time, as a feed's state remembers it."""
    value = rows.value if feed.kind is Kind.VALUE else None
    return _told(Points(rows.time, rows.good, rows.total, value, feed.series.scale, rows.sketch))


def _told(points: Points) -> Told:
    """What the points say, by time."""
    columns: list[list[Any]] = [points.good.tolist(), points.total.tolist()]
    if points.value is not None:
        columns.append(points.value.tolist())
    if points.sketch is not None:  # in place of the value, which is NaN, and so never equal to itself
        pairs = zip(points.sketch.tolist(), columns.pop(), strict=True)
        columns.append([value if sketch is None else sketch for sketch, value in pairs])
    return dict(zip(points.time.tolist(), zip(*columns, strict=True), strict=True))
