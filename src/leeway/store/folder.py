"""The data folder: one place for everything a server keeps; made readable by its owner only."""

from __future__ import annotations

from pathlib import Path

from leeway.store.disk import refusals
from leeway.store.points import DuckPoints
from leeway.store.state import SqlState, open_sqlite

POINTS = "points.duckdb"
STATE = "state.sqlite"


def open_points(folder: Path, *, memory: str = "1GB", threads: int = 2) -> DuckPoints:
    """The points of this folder, made if there are none. Raises Transient when another process holds them."""
    return DuckPoints(_prepared(folder) / POINTS, memory=memory, threads=threads)


def open_state(folder: Path) -> SqlState:
    """The state of this folder, made if there is none."""
    return open_sqlite(_prepared(folder) / STATE)


def _prepared(folder: Path) -> Path:
    with refusals(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
