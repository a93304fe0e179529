"""History fetched again through the way of live data: chunk by chunk, with progress, resumed after a restart."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from leeway.core.window import Span
from leeway.engine.catalog import Feed
from leeway.engine.collect import CHUNK_S, Collector, FeedState, said
from leeway.engine.intake import Intake
from leeway.errors import Invalid, LeewayError, NotFound, Transient
from leeway.ports.clock import Clock
from leeway.ports.source import Ability
from leeway.ports.state import Job, JobState, StateStore

KIND = "replay"
TRIES = 5
WAIT_S = 5.0

log = structlog.get_logger("leeway.replay")


class Replays:
    """Runs replay jobs, one at a time: live collection goes first."""

    def __init__(self, intake: Intake, state: StateStore, collector: Collector, clock: Clock) -> None:
        self._intake = intake
        self._state = state
        self._collector = collector
        self._clock = clock
        self._turn = asyncio.Semaphore(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, slo: str, feeds: tuple[Feed, ...], span: Span) -> Job:
        """Queues a replay. Raises Invalid if no feed of the SLO can answer for the past."""
        able = self._able(slo, feeds)
        job = self._state.start_job(KIND, f"{slo} {span.start} {span.end}", len(able) * len(_chunks(span)), self._now())
        self._spawn(job, able, span)
        return job

    def job(self, number: int) -> Job:
        """One job. Raises NotFound."""
        job = self._state.job(number)
        if job is None:
            raise NotFound(f"there is no job {number}")
        return job

    def resume(self, feeds: tuple[Feed, ...]) -> None:
        """Goes on with the replays that a stop interrupted; other work is not begun again by itself."""
        for job in self._state.jobs(limit=1_000):
            if job.state not in (JobState.QUEUED, JobState.RUNNING):
                continue
            if job.kind != KIND:
                note = "the server stopped before it was done"
                self._state.save_job(replace(job, state=JobState.FAILED, note=note, at=self._now()))
            else:
                slo, start, end = job.subject.rsplit(" ", 2)
                theirs = tuple(feed for feed in feeds if feed.series.slo == slo)
                try:
                    self._spawn(job, self._able(slo, theirs), Span(int(start), int(end)))
                except Invalid as error:
                    self._state.save_job(replace(job, state=JobState.FAILED, note=str(error), at=self._now()))

    async def close(self) -> None:
        """Stops; unfinished jobs are resumed at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _able(self, slo: str, feeds: tuple[Feed, ...]) -> tuple[Feed, ...]:
        able = tuple(
            feed for feed in feeds if feed.source and Ability.HISTORY in self._collector.source(feed).manifest.abilities
        )
        if not able:
            pushed = any(feed.source is None for feed in feeds)
            raise Invalid(
                f"the source of SLO {slo} keeps no history that could be asked for",
                mend="push the past with `leeway push`: points of any age are taken"
                if pushed
                else "its history begins with its first reading",
            )
        return able

    def _spawn(self, job: Job, feeds: tuple[Feed, ...], span: Span) -> None:
        task = asyncio.create_task(self._run(job, feeds, span), name=f"replay {job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, job: Job, feeds: tuple[Feed, ...], span: Span) -> None:
        async with self._turn:
            try:
                await self._work(job, feeds, span)
            except LeewayError as error:
                self._failed(job, error)
            except Exception as error:  # the one worker loop: a fault of ours ends this job, with its reason
                log.exception("a replay failed in a way nobody foresaw", job=job.id)
                self._failed(job, error)

    async def _work(self, job: Job, feeds: tuple[Feed, ...], span: Span) -> None:
        work = [(feed, chunk) for feed in feeds for chunk in _chunks(span)]
        rows = 0
        for done, (feed, chunk) in enumerate(work[job.done :], start=job.done + 1):
            rows += await self._take(feed, chunk)
            job = replace(job, state=JobState.RUNNING, done=done, note=f"{rows:,} new rows", at=self._now())
            self._state.save_job(job)
        self._state.save_job(replace(job, state=JobState.DONE, done=len(work), at=self._now()))

    def _failed(self, job: Job, error: Exception) -> None:
        log.warning("replay failed", job=job.id, subject=job.subject, error=str(error))
        try:
            reached = self._state.job(job.id) or job
            note = str(error) or type(error).__name__
            self._state.save_job(replace(reached, state=JobState.FAILED, note=note, at=self._now()))
        except LeewayError as full:
            log.warning("that is not kept: the replay goes on at the next start", job=job.id, error=str(full))

    async def _take(self, feed: Feed, chunk: Span) -> int:
        for attempt in range(1, TRIES + 1):
            stored = await asyncio.to_thread(self._intake.points.read, feed.series.id, chunk)
            try:
                return await self._collector.take(feed, FeedState(0.0, recent=said(stored, feed)), chunk)
            except Transient as error:
                if attempt == TRIES:
                    raise
                await self._clock.sleep(error.retry_after_s or WAIT_S * attempt)
        raise AssertionError("the loop returns or raises")

    def _now(self) -> float:
        return self._clock.now()


def _chunks(span: Span) -> list[Span]:
    return [Span(at, min(at + CHUNK_S, span.end)) for at in range(span.start, span.end, CHUNK_S)]
