"""One demo from its first moment to its last: folder, bar, history, engine, server; nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from leeway.app import running
from leeway.config import load
from leeway.demo.bar import Bar, open_doors
from leeway.demo.control import Control
from leeway.demo.history import DAY_S, DAYS, last_batch
from leeway.demo.panel import panel
from leeway.demo.past import past_alerts
from leeway.demo.seed import batch, seed
from leeway.demo.whereabouts import Whereabouts, noted
from leeway.engine.catalog import Catalog
from leeway.engine.engine import Engine
from leeway.errors import LeewayError
from leeway.ports.clock import Clock
from leeway.server import listen
from leeway.server.app import create_app

MINUTE_S = 60
PUSH_AFTER_S = 1.0
"""The stories push a minute so long after its end."""

log = structlog.get_logger("leeway.demo")


@dataclass(frozen=True, slots=True)
class Wish:
    """How the demo shall run. Without a folder it makes one, and removes it at the end unless it shall be kept."""

    port: int
    data: Path | None = None
    keep: bool = False


async def demonstrate(wish: Wish, clock: Clock, opened: Callable[[Whereabouts], None]) -> None:
    """Runs until this task is cancelled; calls `opened` when the page can be looked at."""
    bar, token = Bar(clock), secrets.token_urlsafe(32)
    begun = clock.monotonic()

    def phase(name: str) -> None:
        log.debug(name, seconds=round(clock.monotonic() - begun, 2))

    with listen.taken(wish.port) as listener, _folder(wish) as folder:
        port = listen.port_of(listener)
        doors = (web.get("/greet", bar.greet), *Control(bar, clock, token).routes)
        async with open_doors(*doors) as address:
            phase("the bar is open")
            now = clock.now()
            inbox = folder / "inbox"
            inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
            catalog, there = seed(folder, inbox, address, now), asyncio.Event()
            phase("the history is written")
            hosts = frozenset(f"{name}:{port}" for name in (listen.HOST, "localhost"))
            settings = {"allow_hosts": [address.removeprefix("http://")], "file_roots": [str(inbox)]}
            config = load(None, {}, {"data": folder, "port": port, **settings})
            async with running(config, clock) as leeway, _telling(leeway.engine, catalog, clock, now, there):
                phase("the budgets are computed")
                app = create_app(
                    leeway.engine,
                    token=leeway.token,
                    hosts=hosts,
                    clock=clock,
                    people=leeway.people,
                    hooks=leeway.hooks,
                    shares=leeway.shares,
                    data=folder,
                    panels=lambda: panel(bar, clock, inbox),
                )
                page = f"http://{listen.HOST}:{port}"
                where = Whereabouts(
                    page, port, str(folder), os.getpid(), f"{address}/control", token, last_batch(int(now))
                )

                def started() -> None:
                    phase("the page is there")
                    opened(where)
                    there.set()

                with noted(where):
                    await listen.serve(app, listener, started)


@contextmanager
def _folder(wish: Wish) -> Iterator[Path]:
    if wish.data is not None:
        yield wish.data
        return
    folder = Path(tempfile.mkdtemp(prefix="leeway-demo-"))
    try:
        yield folder
    finally:
        if not wish.keep:
            shutil.rmtree(folder)


@asynccontextmanager
async def _telling(
    engine: Engine, catalog: Catalog, clock: Clock, opened: float, there: asyncio.Event
) -> AsyncIterator[None]:
    """The invented stories go on once the page is there: each minute pushes what it brought."""
    task = asyncio.create_task(_tell(engine, catalog, clock, opened, there), name="stories")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tell(engine: Engine, catalog: Catalog, clock: Clock, opened: float, there: asyncio.Event) -> None:
    await there.wait()
    found = await asyncio.to_thread(lambda: list(past_alerts(catalog, opened - DAYS * DAY_S, opened)))
    await engine.alarm.remember([alert for alert, _ in found], [decision for _, decision in found])
    told = opened
    while True:
        await clock.sleep(MINUTE_S - (clock.now() - PUSH_AFTER_S) % MINUTE_S)
        now = clock.now()
        try:
            await engine.push(batch(told, now, int(opened)), None)
        except LeewayError as error:
            log.warning("the stories could not go on", error=str(error))
        else:
            told = now
