"""Finished days of ledgers in files beside the points: nothing but a start that reads them is the quicker for them.

Each file begins with a line that tells what follows, with the SHA-256 of each part. The points note a digest of that
line before the file is written, so a file is believed only if it is the last one written for just these points: not one
left by a crash, torn, from another copy of the points, or by another version of Leeway. Nothing waits for the disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import structlog

from leeway.core.ledger.grid import MINUTES
from leeway.ports.points import Minutes
from leeway.store.points.database import Cursor, Database, note, noted
from leeway.version import VERSION

_NOTE = "minutes of "

_log = structlog.get_logger(__name__)


class Days:
    """The files of one folder; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, database: Database) -> None:
        self._folder, self._database = folder, database

    def keep(self, days: Mapping[int, Sequence[Minutes]]) -> None:
        """Writes the days that differ from what is there, and forgets all others. A file that cannot be is not kept."""
        if self._folder is None:
            return
        heads = {day: _head(parts) for day, parts in days.items() if parts}
        marks = {f"{_NOTE}{day}": _mark(head) for day, head in heads.items()}
        if self._database.run(_marks) != marks:
            self._database.transact(lambda cursor: _note(cursor, marks))
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for file in self._folder.iterdir():
                if not any(file == self._file(day) for day in heads):
                    file.unlink()
            for day, head in heads.items():
                if self._head_of(day) != head:
                    _write(self._file(day), head, days[day])
        except OSError as error:  # a start only takes longer
            _log.warning("finished days cannot be kept", place=str(self._folder), error=error.strerror)

    def read(self, day: int, objectives: Sequence[int]) -> Iterator[Minutes]:
        """Parts that hold any of these objectives, each compared with its digest before it is given."""
        mark = self._database.run(lambda cursor: noted(cursor, f"{_NOTE}{day}"))
        if self._folder is None or not mark:
            return
        wanted = set(objectives)
        try:
            with self._file(day).open("rb") as file:
                head = file.readline()
                if _mark(head) == mark:
                    yield from _parts(file, head, wanted)
        except FileNotFoundError:
            return
        except OSError as error:
            _log.warning("a finished day cannot be read", place=str(self._file(day)), error=error.strerror)

    def _file(self, day: int) -> Path:
        return (self._folder or Path()) / str(day)

    def _head_of(self, day: int) -> bytes:
        try:
            with self._file(day).open("rb") as file:
                return file.readline()
        except FileNotFoundError:
            return b""


def _head(parts: Sequence[Minutes]) -> bytes:
    told = [
        {
            "objectives": part.objectives,
            "types": [sums.dtype.str for sums in part.sums],
            "digest": _digest(_bytes(part)),
        }
        for part in parts
    ]
    return json.dumps({"leeway": VERSION, "parts": told}, separators=(",", ":")).encode() + b"\n"


def _bytes(part: Minutes) -> list[memoryview]:
    return [np.ascontiguousarray(sums).data.cast("B") for sums in part.sums]


def _digest(pieces: Sequence[memoryview]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _mark(head: bytes) -> int:
    """What the points note of a file: 62 bits, and never 0."""
    return int.from_bytes(hashlib.sha256(head).digest()[:8]) >> 2 | 1


def _marks(cursor: Cursor) -> dict[str, int]:
    found = cursor.execute("SELECT name, number FROM meta WHERE starts_with(name, ?)", [_NOTE]).fetchall()
    return dict(found)


def _note(cursor: Cursor, marks: Mapping[str, int]) -> None:
    for name in _marks(cursor).keys() - marks.keys():
        cursor.execute("DELETE FROM meta WHERE name = ?", [name])
    for name, mark in marks.items():
        note(cursor, name, mark)


def _write(place: Path, head: bytes, parts: Sequence[Minutes]) -> None:
    part_file = place.with_name(f"{place.name}.part")
    try:
        with part_file.open("wb") as file:
            file.write(head)
            for part in parts:
                for piece in _bytes(part):
                    file.write(piece)
        part_file.replace(place)
    except OSError:
        with suppress(OSError):
            part_file.unlink()
        raise


def _parts(file: BinaryIO, head: bytes, wanted: set[int]) -> Iterator[Minutes]:
    told: dict[str, Any] = json.loads(head)
    if told["leeway"] != VERSION:
        return
    for each in told["parts"]:
        types = [np.dtype(name) for name in each["types"]]
        shape = MINUTES, len(each["objectives"])
        sizes = [shape[0] * shape[1] * dtype.itemsize for dtype in types]
        if wanted.isdisjoint(each["objectives"]):
            file.seek(sum(sizes), 1)
            continue
        pieces = [memoryview(file.read(size)) for size in sizes]
        if [len(piece) for piece in pieces] != sizes or _digest(pieces) != each["digest"]:
            _log.warning("a finished day is not what was kept", place=file.name)
            Path(file.name).unlink()
            return
        sums = (np.frombuffer(piece, dtype).reshape(shape) for piece, dtype in zip(pieces, types, strict=True))
        yield Minutes(tuple(each["objectives"]), tuple(sums))
