"""Where a running demo is found: one small file for each, for the eyes of its user only."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from leeway.errors import Denied, NotFound


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A running demo: its page, its data folder, its process, and where and with which token it is told what to do.

    `batch` is when the last batch of the story of the late batch was written.
    """

    page: str
    port: int
    data: str
    pid: int
    control: str
    token: str
    batch: int


def folder() -> Path:
    """`$XDG_RUNTIME_DIR/leeway`, or a folder of this user among the temporary files. Denied if others could write."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    found = Path(base) / "leeway" if base else Path(tempfile.gettempdir()) / f"leeway-{os.getuid()}"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = found.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise Denied("this folder is open to others", place=str(found), mend="delete it; Leeway makes it anew")
    return found


@contextmanager
def noted(where: Whereabouts) -> Iterator[None]:
    """The demo can be found as long as this lasts."""
    path = folder() / f"demo-{where.port}.json"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(where), file)
    fresh.replace(path)  # whole or not there: somebody may be looking
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find(port: int | None) -> Whereabouts:
    """The demo at this port, or the newest. Raises NotFound if none is running."""
    running = [where for where in _all() if port in (None, where.port)]
    if not running:
        at = "" if port is None else f" at port {port}"
        raise NotFound(f"no demo is running{at}", mend="start one in another terminal: `leeway demo`")
    return running[0]


def _all() -> list[Whereabouts]:
    """Demos whose process lives, the newest first. Notes of dead ones, and of other versions, are cleared away."""
    found = []
    for path in sorted(folder().glob("demo-*.json"), key=lambda path: path.stat().st_mtime, reverse=True):
        where = _read(path)
        if where is not None and _lives(where.pid):
            found.append(where)
        else:
            path.unlink(missing_ok=True)
    return found


def _read(path: Path) -> Whereabouts | None:
    try:
        return Whereabouts(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
