"""The bar: a real HTTP service on the loopback, whose guests are greeted at once unless somebody breaks it."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from leeway.ports.clock import Clock

HOST = "127.0.0.1"
LIMIT_S = 0.3
"""A guest who waits longer than this has left. The promise is 30 seconds; the demo runs a hundred times faster."""

SLOW_S = 2 * LIMIT_S
BOOK = 1_000
"""Guests that the book remembers."""


@dataclass(frozen=True, slots=True)
class Guest:
    """One guest, by the time of coming; `fault` says why they walked out, "" if they were greeted in time."""

    at: float
    fault: str


class Bar:
    """Greets guests, keeps a book of them, and can be broken.

    While it is broken a share of the guests finds nobody there (500) or waits too long, in turns. No dice: of ten
    guests at 30 % exactly three walk out, the first of them at once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._owed = 0.0
        self._crash = False
        self.errors = 0.0
        self.guests: deque[Guest] = deque(maxlen=BOOK)

    def break_down(self, errors: float) -> None:
        """From now on this share of the guests (0 to 1) walks out."""
        self.errors, self._owed = errors, 1 - errors

    def mend(self) -> None:
        """From now on everybody is greeted."""
        self.break_down(0.0)

    def since(self, moment: float) -> tuple[int, int]:
        """How many guests were greeted and how many walked out since then."""
        came = [guest for guest in self.guests if guest.at >= moment]
        lost = sum(bool(guest.fault) for guest in came)
        return len(came) - lost, lost

    async def greet(self, _: web.Request) -> web.Response:
        """GET /greet."""
        came, fault = self._clock.now(), self._next_fault()
        if fault == "waited too long":
            await self._clock.sleep(SLOW_S)
        self.guests.append(Guest(came, fault))
        if fault == "nobody came":
            return web.Response(status=500, text="Nobody is at the door.\n")
        return web.Response(text="Good evening, and welcome!\n")

    def _next_fault(self) -> str:
        self._owed += self.errors
        if not self.errors or self._owed < 1 - 1e-9:
            return ""
        self._owed -= 1
        self._crash = not self._crash
        return "nobody came" if self._crash else "waited too long"


@asynccontextmanager
async def open_doors(*routes: web.RouteDef) -> AsyncIterator[str]:
    """Serves the routes on a free port of the loopback; gives the address, and closes at the end."""
    app = web.Application(client_max_size=1_024)
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
