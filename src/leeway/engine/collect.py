"""Asks sources on schedule: each series by itself, so a slow or broken source delays no other.

Every minute a series asks for what is new and once more for the last minutes, because data comes late: steps that say
something else than before are appended as new versions, and the lateness seen is learned as the source's delay. After
an outage the asks reach back to where the last reading ended.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import structlog

from leeway.core.points import Points
from leeway.core.quality import Kind
from leeway.core.window import Span
from leeway.engine.catalog import STEP_S, Feed, SourceKey
from leeway.engine.intake import Intake, measured, rows_of
from leeway.errors import Invalid, LeewayError, Throttled
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
AT_ONCE = 8
"""Asks under way at once to one source."""

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
    recent: dict[int, tuple[float, ...]] = field(default_factory=dict)


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
        self._turns: dict[Source, asyncio.Semaphore] = {}
        self._tasks: dict[int, tuple[Feed, asyncio.Task[None]]] = {}
        self.states: dict[int, FeedState] = {}

    async def set_feeds(self, feeds: tuple[Feed, ...]) -> None:
        """Makes these the feeds: new ones start, changed ones start anew, those not named stop."""
        wanted = {feed.series.id: feed for feed in feeds if feed.source is not None}
        for number, (feed, _) in list(self._tasks.items()):
            if wanted.get(number) != feed:
                await self._cancel(number)
        delays = self._state.learned_delays()
        last = self._intake.points.last_readings()
        for number, feed in wanted.items():
            if number in self._tasks:
                continue
            state = self.states.setdefault(number, FeedState(delays.get(number, 0.0)))
            if number in last:
                state.collected_until = last[number].provenance.span.end
            self._tasks[number] = (feed, asyncio.create_task(self._run(feed, state), name=f"collect {feed.name}"))
        used = {feed.source for feed, _ in self._tasks.values()}
        for key in [key for key in self._sources if key not in used]:
            await self._sources.pop(key).close()

    async def close(self) -> None:
        """Stops all schedules and closes the sources."""
        for number in list(self._tasks):
            await self._cancel(number)
        for source in self._sources.values():
            await source.close()
        self._sources.clear()

    def source(self, feed: Feed) -> Source:
        """The feed's source, opened once for all its feeds. Raises Invalid if it cannot be built."""
        if feed.source is None:
            raise Invalid(f"{feed.name} is pushed: there is no source to ask")
        if feed.source not in self._sources:
            self._sources[feed.source] = self._open(feed.source)
            self._turns[self._sources[feed.source]] = asyncio.Semaphore(AT_ONCE)
        return self._sources[feed.source]

    async def take(self, feed: Feed, state: FeedState, span: Span) -> int:
        """Asks for one span and appends what is new; returns the rows appended. Schedule and replay go this way."""
        source = self.source(feed)
        async with self._turns[source]:
            reading = await source.read(Ask(feed.metrics, span, STEP_S))
        now = self._clock.now()
        points, faults = self._intake.check(feed, measured(reading), now)
        new = self._news(state, points, now)
        collected = Collected(feed.series.id, reading.provenance, len(points))
        await asyncio.to_thread(self._intake.append, rows_of(feed.series.id, new), now=now, readings=[collected])
        self._intake.count(len(new), faults)
        self._remember(state, new, span.end)
        return len(new)

    async def _run(self, feed: Feed, state: FeedState) -> None:
        jitter = zlib.crc32(feed.name.encode()) % (JITTER_S * 10) / 10
        while True:
            try:
                await self._once(feed, state)
            except LeewayError as error:
                self._failed(feed, state, error)
                if isinstance(error, Throttled) and error.retry_after_s:
                    await self._clock.sleep(error.retry_after_s)
            except Exception as error:  # the one worker loop: a fault of ours must not stop the schedule
                log.exception("collecting failed in a way nobody foresaw", series=feed.name)
                self._failed(feed, state, error)
            now = self._clock.now()
            await self._clock.sleep(STEP_S - (now - state.delay_s - jitter) % STEP_S)

    async def _once(self, feed: Feed, state: FeedState) -> None:
        now = self._clock.now()
        state.last_attempt = now
        manifest = self.source(feed).manifest
        state.delay_s = max(state.delay_s, manifest.delay_s)
        if Ability.PROBE in manifest.abilities:
            start = int(now) - int(now) % STEP_S
            spans = [Span(start, start + STEP_S)]
        else:
            spans = self._due(feed, state, now)
        for span in spans:
            await self.take(feed, state, span)
            state.collected_until = span.end
            if state.failures:
                log.info("the source answers again", series=feed.name, failures=state.failures)
            state.last_success, state.last_error, state.failures = self._clock.now(), "", 0

    def _due(self, feed: Feed, state: FeedState, now: float) -> list[Span]:
        end = int(now - state.delay_s)
        end -= end % STEP_S
        oldest = max(end - CATCH_UP_S, int(feed.series.born) - int(feed.series.born) % STEP_S - AGAIN_S)
        start = end - AGAIN_S if state.collected_until is None else min(state.collected_until, end) - AGAIN_S
        start = max(start, oldest)
        return [Span(at, min(at + CHUNK_S, end)) for at in range(start, end, CHUNK_S)]

    def _news(self, state: FeedState, points: Points, now: float) -> Points:
        """Points that differ from what the series said before; a changed step teaches how late the source is."""
        told = _told(points)
        new = np.array([state.recent.get(time) != row for time, row in told.items()], np.bool_)
        late = [now - (time + STEP_S) for time, row in told.items() if state.recent.get(time, row) != row]
        state.delay_s = max(state.delay_s, min(MAX_DELAY_S, max(late, default=0.0)))
        value = None if points.value is None else points.value[new]
        return Points(points.time[new], points.good[new], points.total[new], value, points.scale)

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
        self._state.learn_delay(feed.series.id, self.states[number].delay_s)


def said(rows: Rows, feed: Feed) -> dict[int, tuple[float, ...]]:
    """What stored rows say, by time, as a feed's state remembers it."""
    value = rows.value if feed.kind is Kind.VALUE else None
    return _told(Points(rows.time, rows.good, rows.total, value, feed.series.scale))


def _told(points: Points) -> dict[int, tuple[float, ...]]:
    """What the points say, by time."""
    columns = [points.good, points.total, *([] if points.value is None else [points.value])]
    return dict(zip(points.time.tolist(), zip(*(column.tolist() for column in columns), strict=True), strict=True))
