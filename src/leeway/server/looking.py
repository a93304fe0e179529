"""The looking itself: what the engine, the disk and the interpreter say at this moment."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path

from leeway.client.checks import Check
from leeway.engine.people import Action
from leeway.ports.clock import Clock
from leeway.ports.state import JobState
from leeway.server.access.asking import everywhere
from leeway.server.checks import Looked, Room, checks
from leeway.server.engine_port import EnginePort
from leeway.version import VERSION

BACKUP = "backup"
JOBS = 1_000


async def look(engine: EnginePort, clock: Clock, data: Path | None) -> tuple[Check, ...]:
    """Everything, as whoever asks may see it."""
    jobs = await engine.jobs(JOBS)
    outlook = await engine.alarm.routes.preview()
    return checks(
        Looked(
            now=clock.now(),
            health=engine.health(),
            sources=engine.sources(),
            waiting=await engine.alarm.waiting(),
            refused=outlook.refused,
            room=await asyncio.to_thread(room, data) if data else None,
            backup=next((one for one in jobs if (one.kind, one.state) == (BACKUP, JobState.DONE)), None),
            versions={
                "Leeway": VERSION,
                "Python": platform.python_version(),
                "DuckDB": version("duckdb"),
                "SQLite": sqlite3.sqlite_version,
            },
            whole=everywhere(Action.READ),
        )
    )


def room(data: Path) -> Room:
    """Blocks while it looks at every file; what goes meanwhile does not count."""
    used = 0
    for file in data.rglob("*"):
        try:
            used += file.lstat().st_size if not file.is_dir() else 0
        except FileNotFoundError:
            continue
    return Room(used, shutil.disk_usage(data).free)
