"""The source of files: reads each file of an ask once, whole, off the event loop."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import numpy as np

from leeway.core.points import Floats
from leeway.errors import Invalid, NotUnderstood, Permanent, Unreachable
from leeway.net import Outside
from leeway.ports.source import Ability, Ask, ComputedBy, Manifest, Metric, Provenance, Reading
from leeway.sources.files import roots
from leeway.sources.files.decode import Rows, per_step, read_csv
from leeway.sources.files.parquet import read_parquet
from leeway.sources.files.query import Format, Wanted, understand
from leeway.sources.files.settings import Settings

manifest = Manifest(
    "files",
    "Files (CSV, Parquet)",
    frozenset({Ability.PULL, Ability.HISTORY}),
    slice_s=366 * 86_400,  # a file is read whole, however little of it is asked for
)

_TRIES = 3
_PAUSE_S = 0.2


def build(settings: Settings, outside: Outside, name: str = manifest.name) -> Files:
    """A source of files below `outside.roots` that calls itself `name` in provenance."""
    return Files(name, settings, outside)


class Files:
    """CSV and Parquet below declared folders."""

    def __init__(self, name: str, settings: Settings, outside: Outside) -> None:
        self._name = name
        self._settings = settings
        self._outside = outside
        self._closed = False

    @property
    def manifest(self) -> Manifest:
        """The facts of this source."""
        return replace(manifest, delay_s=self._settings.delay_s)

    def check(self, metrics: tuple[Metric, ...]) -> None:
        """Raises Invalid for words that no file could ever answer; reads none."""
        for metric in metrics:
            roots.may_be_below(self._outside.roots, understand(metric).path)

    async def read(self, ask: Ask) -> Reading:
        """The rows of the asked span, per step; every file as it was at one moment."""
        if self._closed:
            raise Permanent("this source is closed")
        wanted = tuple(map(understand, ask.metrics))
        if len({one.role for one in wanted}) < len(wanted):
            raise Invalid("a role is asked twice", place="metrics", mend="give each role one file and column")
        content = {path: await self._content(path) for path in dict.fromkeys(one.path for one in wanted)}
        fetched_at = self._outside.clock.now()
        return await asyncio.to_thread(_reading, self._name, ask, wanted, content, fetched_at)

    async def close(self) -> None:
        """Nothing is held open between reads."""
        self._closed = True

    async def _content(self, path: str) -> bytes:
        for tried in range(1, _TRIES + 1):
            try:
                return await asyncio.to_thread(roots.read, self._outside.roots, path, self._settings.max_bytes)
            except Unreachable:
                if tried == _TRIES:
                    raise
                await self._outside.clock.sleep(_PAUSE_S)
        raise AssertionError("the last try returns or raises")


def _reading(name: str, ask: Ask, wanted: tuple[Wanted, ...], content: dict[str, bytes], fetched_at: float) -> Reading:
    columns: dict[Wanted, Floats] = {}
    rows = 0
    for path, body in content.items():
        own = tuple(one for one in wanted if one.path == path)
        for one, found in zip(own, _found(body, own, ask), strict=True):
            columns[one] = per_step(found, one, ask.span, ask.step_s)
            rows += len(found.time)
    known = np.flatnonzero(~np.all([np.isnan(columns[one]) for one in wanted], axis=0))
    digest = hashlib.sha256()
    for body in content.values():
        digest.update(body)
    return Reading(
        ask.span.start + known * ask.step_s,
        {one.role: columns[one][known] for one in wanted},
        Provenance(
            name,
            "; ".join(map(str, wanted)),
            ask.span,
            ask.step_s,
            digest.hexdigest(),
            fetched_at,
            ComputedBy.LEEWAY,
            rows,
        ),
    )


def _found(body: bytes, wanted: tuple[Wanted, ...], ask: Ask) -> tuple[Rows, ...]:
    parquet = tuple(one for one in wanted if one.format is Format.PARQUET)
    rows = dict(zip(parquet, read_parquet(body, parquet, ask.span), strict=True)) if parquet else {}
    csv = tuple(one for one in wanted if one.format is Format.CSV)
    if csv:
        text = _text(body, csv[0].path)
        rows |= {one: read_csv(text, one, ask.span) for one in csv}
    return tuple(rows[one] for one in wanted)


def _text(body: bytes, path: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise NotUnderstood("is not UTF-8", place=f"{path}:{line}:{column}", mend="save it as UTF-8") from None
