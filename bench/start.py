"""From the start of the process to the first answer, over a store with a month in it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from statistics import median

from bench import web
from bench.figure import Figure, Line, expect
from bench.history import History, history, settle, truth
from bench.place import ShiftedClock, aside, config
from bench.server import Server, serving
from leeway.app import running
from leeway.engine.book import Book

LIBRARIES = "duckdb, fastapi, numpy, pydantic, sqlalchemy, structlog, uvicorn"


def run(*, quick: bool) -> Iterator[Line]:
    """Process start to ready, and the part of it that the ledgers take."""
    slos, days = (20, 2) if quick else (1_000, 30)
    past = history(slos, days)
    aside(_settled, past)
    taken, loaded = [], []
    for _ in range(1 if quick else 5):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {LIBRARIES}"], check=True)
        loaded.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        with serving(past.data, past.at) as server:
            taken.append(time.perf_counter() - begin)
            _check(past, server)
    yield Figure(
        f"start with {slos:,} SLOs × {days} days of minutes: process to ready",
        "s",
        tuple(taken),
        3,
        beside=_beside(taken, loaded),
    )
    warm = aside(_book, past, 1 if quick else 5)
    yield Figure(f"of which filling the ledgers ({slos:,} × {days} days)", "s", warm)


def _beside(taken: list[float], loaded: list[float]) -> str:
    """The same machine a moment before: it may be twice as fast as another time."""
    bare = median(loaded)
    return f"{median(taken) / bare:.1f} × loading its libraries and nothing else, {bare:.2f} s"


def _settled(past: History) -> None:
    asyncio.run(settle(past.data))


def _book(past: History, repeats: int) -> tuple[float, ...]:
    async def book() -> tuple[float, ...]:
        async with running(config(past.data), ShiftedClock(past.at)) as leeway:
            engine, taken = leeway.engine, []
            for _ in range(repeats):
                begin = time.perf_counter()
                made = Book(engine._points, past.at)  # noqa: SLF001 - the part is measured without the rest
                made.set_goals(engine._catalog.goals)  # noqa: SLF001 - as above
                taken.append(time.perf_counter() - begin)
                made.close()
            return tuple(taken)

    return asyncio.run(book())


def _check(past: History, server: Server) -> None:
    (said,) = web.tree(f"{server.url}/api/v1/slos/slo-7/status")["items"]
    as_of = int(datetime.fromisoformat(said["as_of"]).timestamp())  # a start that takes minutes ends minutes later
    good, total = truth(len(past.series), 7, past.days, as_of)
    expect((said["good"], said["total"]) == (good, total), f"{good} of {total} are good, not {said['good']}")
