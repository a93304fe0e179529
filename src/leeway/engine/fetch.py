"""The past as the sources of SLOs tell it now, with no server and no store: asked as a replay asks, in slices.

One series that fails keeps no other from being read, and what was read of it stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import numpy as np

from leeway.core.points import Floats
from leeway.core.quality import Measured
from leeway.core.window import Span
from leeway.engine.catalog import SourceKey, drafts_of
from leeway.engine.collect import AT_ONCE
from leeway.engine.intake import measured
from leeway.errors import Invalid, LeewayError, NotUnderstood, Transient
from leeway.formats.points import Columns, Owner, Table
from leeway.ports.clock import Clock
from leeway.ports.source import Ability, Ask, Manifest, Metric, Provenance, Role, Source
from leeway.spec.library import Library

TRIES, WAIT_S = 4, 5.0
"""How often a source that has answered before is asked again, and how much longer each time it is left alone."""

ELSEWHERE = "take its points from the server that keeps them (--stored), or from a file (--points)"


@dataclass(frozen=True, slots=True)
class Question:
    """One series: whose rows they are, whom to ask (None: they are pushed), and what."""

    owner: Owner
    source: SourceKey | None
    metrics: tuple[Metric, ...]

    @property
    def words(self) -> str:
        """What is asked, as it stands in the definition."""
        return "; ".join(
            f"{metric.role} = {', '.join(map(str, metric.spec.values()))}" if metric.spec else str(metric.role)
            for metric in self.metrics
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """How far back, until when at most (epoch seconds; None is now), and how long a row lasts."""

    length_s: int
    until: float | None
    step_s: int

    def chunks(self, now: float, source: Manifest) -> list[Span]:
        """What is asked together, the newest first; up to where the source can know already."""
        last = min(now if self.until is None else self.until, now - source.delay_s)
        end = int(last) // self.step_s * self.step_s
        length = max(self.step_s, source.slice_s // self.step_s * self.step_s)
        start = end - -(-self.length_s // self.step_s) * self.step_s
        return [Span(max(start, at - length), at) for at in range(end, start, -length)]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with a question; `error` None if its source answered, and knew nothing."""

    question: Question
    error: LeewayError | None


@dataclass(slots=True)
class _Series:
    question: Question
    rows: list[Measured] = field(default_factory=list)
    trouble: LeewayError | None = None

    @property
    def known(self) -> int:
        return sum(len(one.time) for one in self.rows)


def questions_of(library: Library) -> list[Question]:
    """What the SLOs ask: objectives that share their SLI are one series. Raises Invalid for what has no answer."""
    found: dict[object, Question] = {}
    for slo in library.slos:
        for draft in drafts_of(slo, library):
            identity = draft.new_series().identity
            found.setdefault(identity, Question(Owner(*identity[:2]), draft.source, draft.metrics))
    return list(found.values())


async def fetch(
    questions: Sequence[Question],
    wanted: Wanted,
    open_source: Callable[[SourceKey], Source | None],
    clock: Clock,
    tell: Callable[[int, int], None],
    hear: Callable[[Provenance], None] = lambda _: None,
) -> tuple[Table, tuple[Trouble, ...]]:
    """The rows of all questions, and what went wrong. `open_source` answers None for what cannot be asked; `tell` is
    called with the slices that are done, and all of them, and `hear` with where each of them came from."""
    async with AsyncExitStack() as stack:
        fetching = _Fetching(wanted, open_source, clock, tell, hear, stack)
        series = [_Series(question) for question in questions]
        await asyncio.gather(*(fetching.read(one) for one in series))
    troubles = [Trouble(one.question, one.trouble) for one in series if one.trouble or not one.known]
    return _table(series), tuple(troubles)


class _Fetching:
    """One fetch of many series; each source is opened once, and asked a few things at once."""

    def __init__(
        self,
        wanted: Wanted,
        open_source: Callable[[SourceKey], Source | None],
        clock: Clock,
        tell: Callable[[int, int], None],
        hear: Callable[[Provenance], None],
        stack: AsyncExitStack,
    ) -> None:
        self._wanted, self._open, self._clock, self._tell, self._stack = wanted, open_source, clock, tell, stack
        self._hear = hear
        self._sources: dict[SourceKey, tuple[Source, asyncio.Semaphore]] = {}
        self._done = self._all = 0

    async def read(self, series: _Series) -> None:
        """All that its source says; an error ends it, and stays with it."""
        chunks: list[Span] = []
        try:
            source, turn = self._source(series.question)
            chunks = self._wanted.chunks(self._clock.now(), source.manifest)
            self._all += len(chunks)
            while chunks:
                async with turn:
                    series.rows.append(await self._ask(source, series, chunks[0]))
                del chunks[0]
                self._count(1)
        except LeewayError as error:
            series.trouble = error
            self._count(len(chunks))

    def _count(self, chunks: int) -> None:
        self._done += chunks
        self._tell(self._done, self._all)

    def _source(self, question: Question) -> tuple[Source, asyncio.Semaphore]:
        key = question.source
        if key is not None and key in self._sources:
            return self._sources[key]
        source = self._open(key) if key else None
        if source is None or key is None:
            raise Invalid("its points are pushed: there is no source to ask", mend=ELSEWHERE)
        self._stack.push_async_callback(source.close)
        if Ability.HISTORY not in source.manifest.abilities:
            raise Invalid(f"{source.manifest.title} keeps no history that could be asked for", mend=ELSEWHERE)
        return self._sources.setdefault(key, (source, asyncio.Semaphore(AT_ONCE)))

    async def _ask(self, source: Source, series: _Series, chunk: Span) -> Measured:
        for attempt in range(1, TRIES + 1):
            try:
                reading = await source.read(Ask(series.question.metrics, chunk, self._wanted.step_s))
            except Transient as error:
                if attempt == TRIES or not series.rows:  # who has never answered is not there, or not for us
                    raise
                await self._clock.sleep(error.retry_after_s or WAIT_S * attempt)
            else:
                if ((reading.time < chunk.start) | (reading.time >= chunk.end)).any():
                    raise NotUnderstood("the answer tells of times that were not asked for")
                self._hear(reading.provenance)
                return measured(reading)
        raise AssertionError("the loop returns or raises")


def _table(series: Iterable[_Series]) -> Table:
    """All rows, by time in each series; of bad events the others are good. Columns are those that anybody asked for."""
    known = list(series)
    roles = {metric.role for one in known for metric in one.question.metrics}
    names = ["good", "total"] * (Role.TOTAL in roles) + ["value"] * bool(roles & {Role.RAW, Role.VALUE})
    columns, lines = Columns(names or ["value"]), 0
    for place, one in enumerate(known):
        for rows in reversed(one.rows):
            count = len(rows.time)
            numbers = _numbers(rows)
            columns.add(
                np.full(count, place),
                np.arange(lines, lines + count),
                rows.time,
                [numbers.get(name, np.full(count, np.nan)) for name in names],
                [None] * count if rows.histogram is None else rows.histogram.tolist(),
            )
            lines += count
    return columns.table(tuple(one.question.owner for one in known), ())


def _numbers(rows: Measured) -> dict[str, Floats]:
    if rows.value is not None:
        return {"value": rows.value}
    return {"good": rows.part if rows.bad is None else rows.whole - rows.part, "total": rows.whole}
