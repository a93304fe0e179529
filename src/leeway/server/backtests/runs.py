"""Backtests of a running server: one after the other in the background, each a job, the newest results kept."""

from __future__ import annotations

import asyncio
import io
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from leeway.client.backtests import BacktestWish
from leeway.errors import Conflict, LeewayError, NotFound, Transient
from leeway.lab.spread import Tell
from leeway.ports.state import Job, JobState
from leeway.server.backtests.wishes import Asked, read_wish
from leeway.server.engine_port import EnginePort

if TYPE_CHECKING:  # it is loaded with the first backtest: a start need not wait for it
    from leeway.lab.backtest import Compared

KIND = "backtest"
KEPT = 20
"""Results that are kept, the newest."""

WAITING = 8
"""Backtests that may wait for their turn."""

log = structlog.get_logger("leeway.backtest")


@dataclass(frozen=True, slots=True)
class Run:
    """A backtest: what was asked, how far it is, and what came of it."""

    wish: BacktestWish
    asked: Asked
    job: Job
    result: Compared | None = None

    @property
    def over(self) -> bool:
        """Nothing more will come of it."""
        return self.job.state not in (JobState.QUEUED, JobState.RUNNING)


class Backtests:
    """All of them."""

    def __init__(self, engine: EnginePort) -> None:
        self._engine = engine
        self._runs: OrderedDict[int, Run] = OrderedDict()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turn, self._writing = asyncio.Semaphore(1), asyncio.Lock()

    async def start(self, slo: str, wish: BacktestWish) -> Run:
        """Queues it. Raises NotFound, Invalid with the field at fault, Transient if too many wait."""
        statuses = await self._engine.status(slo)
        known = {one.assessment.objective.name: one.assessment.objective for one in statuses}
        objective = known.get(wish.objective) if wish.objective is not None else next(iter(known.values()))
        if objective is None:
            raise NotFound(f"SLO {slo} has no objective {wish.objective!r}", mend=f"it has {', '.join(known)}")
        if len(self._tasks) >= WAITING:
            raise Transient("too many backtests wait", mend="wait for one of them, or cancel it", retry_after_s=10.0)
        asked = await read_wish(self._engine, slo, objective, wish)
        job = await self._engine.work.begin(KIND, slo, asked.question.units + 1)
        run = self._runs[job.id] = Run(wish, asked, job)
        while len(self._runs) > KEPT and (oldest := next((key for key, one in self._runs.items() if one.over), 0)):
            del self._runs[oldest]
        task = asyncio.create_task(self._work(run), name=f"backtest {job.id}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(job.id, None))
        return run

    async def found(self, slo: str, number: int) -> tuple[Job, Run | None]:
        """How far it is, and the run as long as it is kept. Raises NotFound."""
        if (run := self._runs.get(number)) is not None and run.asked.question.slo == slo:
            return run.job, run
        job = await self._engine.job(number)
        if (job.kind, job.subject) != (KIND, slo):
            raise NotFound(f"SLO {slo} has no backtest {number}", mend="start it again")
        return job, None

    async def of(self, slo: str) -> Sequence[Run]:
        """Those of an SLO that are kept, the newest first. Raises NotFound."""
        await self._engine.status(slo)
        return [one for one in reversed(self._runs.values()) if one.asked.question.slo == slo]

    async def remove(self, slo: str, number: int) -> Job:
        """Nothing comes of it any more: it is cancelled if it was not over, and its result is gone. Raises NotFound."""
        run = (await self.found(slo, number))[1]
        if run is not None and not run.over:
            self._tasks[number].cancel()
            await self._keep(number, state=JobState.CANCELLED, note="cancelled")
        self._runs.pop(number, None)
        return (await self.found(slo, number))[0]

    def close(self) -> None:
        """The server stops."""
        for task in self._tasks.values():
            task.cancel()

    async def _work(self, run: Run) -> None:
        number, loop = run.job.id, asyncio.get_running_loop()

        def tell(done: int, of: int) -> None:  # in a thread, which nobody can end but itself
            if (known := self._runs.get(number)) is None or known.over:
                raise Conflict("cancelled")
            asyncio.run_coroutine_threadsafe(self._keep(number, done=done + 1, note=f"{done} of {of} runs"), loop)

        async with self._turn:
            try:
                await self._keep(number, state=JobState.RUNNING, note="reading the past")
                result = await asyncio.to_thread(self._compared, run.asked, tell)
                self._runs[number] = replace(self._runs[number], result=result)
                await self._keep(number, state=JobState.DONE, done=run.job.all, note=_said(result))
            except LeewayError as error:
                await self._keep(number, state=JobState.FAILED, note=str(error))
            except Exception as error:  # the one worker loop: a fault of ours ends this backtest, with its reason
                log.exception("a backtest failed in a way nobody foresaw", job=number)
                await self._keep(number, state=JobState.FAILED, note=f"{type(error).__name__}: {error}")

    async def _keep(self, number: int, **changed: object) -> None:
        """A job that is over stays as it is: its work may still tell of itself from a thread."""
        run = self._runs.get(number)
        if run is not None and not run.over:
            self._runs[number] = run = replace(run, job=replace(run.job, **changed))  # type: ignore[arg-type]  # by name
            async with self._writing:
                await self._engine.work.keep(self._runs.get(number, run).job)

    def _compared(self, asked: Asked, tell: Tell) -> Compared:
        from leeway.formats.points import read_csv
        from leeway.lab.backtest import compare

        text = io.BytesIO(b"".join(self._engine.points(asked.question.slo, asked.first, asked.end)))
        return compare(self._engine.library, read_csv(text, "the stored points"), asked.question, tell)


def _said(result: Compared) -> str:
    if result.start is None:
        return "the objective has no data"
    return "; ".join(f"{one.name}: {one.score.pages} pages, {one.score.missed} missed" for one in result.tried)
