"""The data folder: one place for everything a server keeps; made readable by its owner only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from leeway.spec.documents import Document
from leeway.store.disk import refusals
from leeway.store.points import DuckPoints
from leeway.store.readings import Readings, code_of_leeway
from leeway.store.state import SqlState, open_sqlite

POINTS = "points.duckdb"
STATE = "state.sqlite"
CACHE = "cache"


def open_points(folder: Path, *, memory: str = "1GB", threads: int = 2) -> DuckPoints:
    """The points of this folder, made if there are none. Raises Transient when another process holds them."""
    return DuckPoints(_prepared(folder) / POINTS, memory=memory, threads=threads, days=folder / CACHE / "days")


def open_state(folder: Path) -> SqlState:
    """The state of this folder, made if there is none."""
    return open_sqlite(_prepared(folder) / STATE)


def open_readings(folder: Path, read: Callable[[str, str], tuple[Document, ...]]) -> Readings:
    """What was read of this folder's definitions; `read` reads the rest."""
    return Readings(read, _prepared(folder) / CACHE / "definitions", code_of_leeway())


def _prepared(folder: Path) -> Path:
    with refusals(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
