"""Pasts of what is no SLO yet: asked of a source once, or given as a file, and kept for a while."""

from __future__ import annotations

import asyncio
import hashlib
import io
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from fractions import Fraction

from leeway.core.window import Span
from leeway.engine.asking import Asking
from leeway.engine.catalog import STEP_S
from leeway.engine.fetch import questions_of
from leeway.errors import Invalid, LeewayError
from leeway.formats.points import Table, read_csv
from leeway.lab.rehearsal.rehearsal import Rehearsal, Verdict
from leeway.lab.suggest import Series, series_of
from leeway.ports.clock import Clock
from leeway.ports.source import Provenance
from leeway.spec.documents import SLO
from leeway.spec.library import Library

KEPT_S = 3_600
"""A past that nobody has looked at for so long is forgotten."""

KEPT = 8
"""So many pasts and rehearsals: of 90 days of minutes each takes 20 MB."""

MOST_ROWS = 600_000
"""Rows of one past: 400 days of minutes."""

NOTES = 20
LOOK_S = 0.01


@dataclass(slots=True)
class Heard:
    """One past: how much of it is read, and what came of it. `table` None: not whole yet, or `trouble` says why not.

    `notes` are what the source said beside: resets, births. `until` is when reading began.
    """

    key: str
    until: float
    done: int = 0
    all: int = 0
    table: Table | None = None
    series: tuple[Series, ...] = ()
    trouble: LeewayError | None = None
    notes: dict[str, Span] = field(default_factory=dict)
    query: str = ""
    task: asyncio.Task[None] | None = None

    @property
    def reading(self) -> bool:
        """Whether it is still being read."""
        return self.table is None and self.trouble is None

    def hear(self, provenance: Provenance) -> None:
        """Where a part of it came from."""
        self.query = provenance.query
        for note in provenance.notes:
            if note in self.notes or len(self.notes) < NOTES:
                self.notes[note] = provenance.span

    def count(self, done: int, all_of_it: int) -> None:
        """How far it is."""
        self.done, self.all = done, all_of_it

    def take(self, table: Table, step_s: int | None = None) -> None:
        """The whole of it. Raises Invalid as `series_of`, and for more rows than are kept."""
        if len(table) > MOST_ROWS:
            raise Invalid(f"more than {MOST_ROWS:,} rows", mend="give a shorter past, or rows that last longer")
        self.series = tuple(series_of(table, step_s))
        self.table = table


class Pasts:
    """Keeps the pasts that were asked for last, and the rehearsals on them; of the machine's memory only so much."""

    def __init__(self, asking: Asking, clock: Clock) -> None:
        self._asking, self._clock, self._salt = asking, clock, secrets.token_bytes(32)
        self._heard: OrderedDict[str, tuple[float, Heard]] = OrderedDict()
        self._rehearsals: OrderedDict[tuple[str, str, str], Rehearsal] = OrderedDict()
        self._counting: set[asyncio.Task[None]] = set()

    def get(self, key: str) -> Heard | None:
        """The past of this key as it is now, and stays so for who looks; None if it is forgotten, or was never read."""
        now = self._clock.monotonic()
        for old, (seen, heard) in list(self._heard.items()):
            if now - seen > KEPT_S:
                self._forget(old, heard)
        if key not in self._heard:
            return None
        heard = self._heard.pop(key)[1]
        self._heard[key] = now, heard
        return replace(heard)

    def ask(self, library: Library, length_s: int) -> str:
        """Begins to ask the source of the library's one SLO, and tells the key of what it will answer. Raises Invalid.

        What was asked for before is asked again.
        """
        questions = questions_of(library)
        heard = Heard(_key(self._salt, repr((questions, length_s)).encode()), self._clock.now())
        heard.task = asyncio.create_task(self._read(heard, library, length_s), name="past")
        self._keep(heard)
        return heard.key

    async def give(self, content: bytes, name: str) -> str:
        """Reads a CSV, and tells its key. Raises Invalid."""
        heard = Heard(_key(self._salt, content), self._clock.now(), query=name)
        table = await asyncio.to_thread(read_csv, io.BytesIO(content), name)
        if not len(table):
            first = next((f"; line {one.line}: {one.message}" for one in table.refused), "")
            raise Invalid(f"there is no row that can be read{first}", mend="each line is a row of the columns above it")
        await asyncio.to_thread(heard.take, table)
        self._keep(heard)
        return heard.key

    async def rehearsal(self, key: str, series: Series, slo: SLO) -> Rehearsal:
        """The SLO on one series of a past; its target and its name have no part in it. Raises Invalid."""
        known = key, "/".join(series.owner), repr(slo)
        if known not in self._rehearsals:
            self._rehearsals[known] = await asyncio.to_thread(Rehearsal.of, slo, series)
        self._rehearsals.move_to_end(known)
        while len(self._rehearsals) > KEPT:
            self._rehearsals.popitem(last=False)
        return self._rehearsals[known]

    async def verdict(self, rehearsal: Rehearsal, target: Fraction, patience_s: float) -> Verdict:
        """What the target would have meant. Whom it would have told may take longer than anybody waits for."""
        if rehearsal.want(target) and not any(one.get_name() == str(id(rehearsal)) for one in self._counting):
            task = asyncio.create_task(_counted(rehearsal), name=str(id(rehearsal)))
            self._counting.add(task)
            task.add_done_callback(self._counting.discard)
        loop = asyncio.get_running_loop()
        until = loop.time() + patience_s
        while (found := rehearsal.told(target)).woken is None and loop.time() < until:  # noqa: ASYNC110 - a thread counts
            await asyncio.sleep(LOOK_S)
        return found

    async def _read(self, heard: Heard, library: Library, length_s: int) -> None:
        try:
            table, troubles = await self._asking.past(library, length_s, heard.count, heard.hear)
            failed = next((one.error for one in troubles if one.error is not None), None)
            if failed is not None:
                raise failed
            await asyncio.to_thread(heard.take, table, STEP_S)
        except LeewayError as error:
            heard.trouble = error

    def _keep(self, heard: Heard) -> None:
        if heard.key in self._heard:
            self._forget(heard.key, self._heard[heard.key][1])
        self._heard[heard.key] = self._clock.monotonic(), heard
        while len(self._heard) > KEPT:
            self._forget(*next((key, one) for key, (_, one) in self._heard.items()))

    def _forget(self, key: str, heard: Heard) -> None:
        del self._heard[key]
        if heard.task is not None:
            heard.task.cancel()
        for one in [one for one in self._rehearsals if one[0] == key]:
            del self._rehearsals[one]


async def _counted(rehearsal: Rehearsal) -> None:
    try:
        await asyncio.to_thread(rehearsal.count)
    finally:
        rehearsal.leave()  # where the server stops, its thread soon ends too


def _key(salt: bytes, content: bytes) -> str:
    """The same for the same content, and nothing that anybody could work out who was not told."""
    return hashlib.blake2b(content, key=salt, digest_size=16).hexdigest()
