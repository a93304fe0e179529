"""Long work that is done above the engine, counted among the jobs that people can look at."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from leeway.ports.clock import Clock
from leeway.ports.state import Job, JobState, StateStore


class Work:
    """Its jobs. After a stop none is gone on with: the next start says of those that were not done that they failed."""

    def __init__(self, state: StateStore, clock: Clock) -> None:
        self._state, self._clock = state, clock

    async def begin(self, kind: str, subject: str, units: int) -> Job:
        """A new job, queued."""
        return await asyncio.to_thread(self._state.start_job, kind, subject, units, self._clock.now())

    async def done(self, kind: str, subject: str) -> Job:
        """A job that is over already, for the record."""
        job = await self.begin(kind, subject, 1)
        return await self.keep(replace(job, state=JobState.DONE, done=1))

    async def keep(self, job: Job) -> Job:
        """How far it is now."""
        known = replace(job, at=self._clock.now())
        await asyncio.to_thread(self._state.save_job, known)
        return known
