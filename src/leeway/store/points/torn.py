"""What a kill within a checkpoint leaves behind, and how it is mended. Only after an end that was no proper one.

A torn block.
DuckDB writes the metadata of a checkpoint into unused parts of a block whose other parts are live, in place, before
the header points to them. A process killed within that write leaves a mixture: every part that the header in force
points to is whole, being the same before and after, but the checksum is that of neither. The file cannot be opened,
though nothing of it is lost. Then the checksum of what is there is put in its place, and the block as it was kept
beside the file. A mismatch at any other time is a fault of the disk.

A stale log. Each log carries the number of the checkpoint after which it was begun, and the next checkpoint holds all
of it. A process killed before it could empty the log leaves it one behind the file, which DuckDB knows; but a large
commit writes no log, only a checkpoint, and a second kill then leaves it two behind, which DuckDB refuses. It is kept
under another name.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import structlog

HEADERS_END = 3 * 4096
_SIZE_AT = 4096 + 8 + 4 * 8
_MISMATCH = re.compile(
    r"computed checksum (?P<computed>\d+) does not match stored checksum (?P<stored>\d+) "
    r"in block at location (?P<at>\d+)"
)

_BEHIND = re.compile(r"File checkpoint iteration: (?P<file>\d+), WAL checkpoint iteration: (?P<log>\d+)")

_log = structlog.get_logger(__name__)


def mended(path: Path, trouble: str) -> bool:
    """Mends what DuckDB's words are about; False if they are about something else, and nothing was done."""
    if (found := _BEHIND.search(trouble)) is not None:
        return _set_aside(path, int(found["file"]), int(found["log"]))
    found = _MISMATCH.search(trouble)
    return found is not None and _made_whole(path, found)


def _set_aside(path: Path, of_file: int, of_log: int) -> bool:
    if of_log >= of_file:
        return False
    stale = path.with_name(f"{path.name}.wal")
    kept = path.with_name(f"{path.name}.stale-{of_log}")
    stale.rename(kept)
    _log.error("a log that the file holds already was left by a kill; it is set aside", path=str(path), kept=str(kept))
    return True


def _made_whole(path: Path, found: re.Match[str]) -> bool:
    computed, stored, at = (int(found[name]) for name in ("computed", "stored", "at"))
    with path.open("r+b") as file:
        file.seek(_SIZE_AT)
        size = int.from_bytes(file.read(8), "little")
        if at < HEADERS_END or not size or (at - HEADERS_END) % size:
            return False
        file.seek(at)
        block = file.read(size)
        if len(block) != size or int.from_bytes(block[:8], "little") != stored:
            return False
        kept = path.with_name(f"{path.name}.torn-{at}-{stored:016x}")
        kept.write_bytes(block)
        file.seek(at)
        file.write(computed.to_bytes(8, "little"))
        file.flush()
        os.fsync(file.fileno())
    _log.error("a block that was torn when the process was killed is whole again", path=str(path), kept=str(kept))
    return True
