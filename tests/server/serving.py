"""A real server on the loopback with a real engine, its data from a folder, its clock in the test's hand."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI
from tests.server.receiver import until

from leeway.app import running
from leeway.client import keep_token
from leeway.config import Config
from leeway.engine.views import SourceText
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.push import PushBatch
from leeway.server.access.provider import Provider
from leeway.server.app import create_app
from leeway.server.engine_port import EnginePort
from leeway.server.pages import Panel
from leeway.server.safety import Rates

NOW = 1_790_000_040
"""A whole minute."""

HOUR = 3_600

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: {service}
  indicator:
    metadata: {{name: {name}-sli}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: json_push, spec: {{count: good}}}}}}
        total: {{metricSource: {{type: json_push, spec: {{count: total}}}}}}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: {method}
  objectives: {objectives}
"""


def slo(name: str, service: str = "shop", objectives: str = "[{target: 0.9}]", method: str = "Occurrences") -> str:
    """A definition whose points are pushed."""
    return SLO.format(name=name, service=service, objectives=objectives, method=method)


TWO = (
    "[{displayName: fast, target: 0.9, timeSliceTarget: 0.9, timeSliceWindow: 1m},"
    " {displayName: at all, target: 0.99, timeSliceTarget: 0.5, timeSliceWindow: 1m}]"
)
SEEDED = "---\n".join((slo("checkout"), slo("search"), slo("greeting", "bar", TWO, "Timeslices"), slo("unseen", "bar")))


def points(name: str, good: float, total: float, minutes: range) -> PushBatch:
    """One row for each of the minutes before NOW, counted backwards."""
    time = np.array([NOW - 60 * minute for minute in minutes], np.int64)
    full = np.full(len(time), 1.0)
    return PushBatch(
        (name,), np.zeros(len(time), np.int32), time, full * good, full * total, full * np.nan, np.arange(len(time))
    )


async def seed(data: Path) -> None:
    """checkout has half of its budget, search none, greeting one minute in a hundred bad; unseen has no point."""
    async with running(Config(data=data), VirtualClock(NOW)) as leeway:
        engine = leeway.engine
        await engine.apply((SourceText("seed.yaml", SEEDED),), prune=False, by="seed", expected=None)
        await engine.push(points("checkout", 95, 100, range(1, 601)), None)
        await engine.push(points("search", 80, 100, range(1, 601)), None)
        await engine.push(points("greeting", 4, 4, range(1, 601)), None)
        await engine.push(points("greeting", 1, 4, range(1, 601, 100)), None)


def apart(work: Coroutine[object, object, None]) -> None:
    """Runs it on a thread of its own: a browser that is open has the loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result(60)


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, and what writing needs."""

    port: int
    data: Path
    token: str
    engine: EnginePort
    app_errors: list[BaseException]
    clock: VirtualClock
    loop: asyncio.AbstractEventLoop
    app: FastAPI

    def pass_time(self, seconds: float) -> None:
        """On the server's clock; what was due meanwhile has begun."""
        asyncio.run_coroutine_threadsafe(self.clock.advance(seconds), self.loop).result(20)

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes | str = b"", headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """One request, byte for byte as told: no client of ours in between."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def status(self, slo: str, events: float) -> dict[str, Any]:
        """Of the only objective, once so many events were judged: soon after they arrive, in the background."""

        def found() -> dict[str, Any] | None:
            (status,) = json.loads(self.ask("GET", f"/api/v1/slos/{slo}/status")[1])["items"]
            return status if status["total"] >= events else None

        return until(found, lambda: self.pass_time(1))

    @property
    def bearer(self) -> dict[str, str]:
        """What a write needs."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


@contextmanager
def served(
    data: Path,
    panel: Panel | None = None,
    roots: tuple[Path, ...] = (),
    rates: Rates | None = None,
    provider: Callable[[str], Provider] | None = None,
    allow: frozenset[str] = frozenset(),
    secrets: tuple[Path, ...] = (),
) -> Iterator[Served]:
    """Serves the folder until the block ends; the thread and everything in it have ended then.

    It reads files below `roots` and `secrets`, and may reach what it is allowed to. `provider` signs people in at a
    server of this address.
    """
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    ready = threading.Event()
    held: list[Served] = []
    errors: list[BaseException] = []
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        clock = VirtualClock(NOW)
        config = Config(data=data, port=port, file_roots=roots, allow_hosts=allow, secret_files=secrets)
        async with running(config, clock, frozenset({f"127.0.0.1:{port}"})) as leeway:
            app = create_app(
                leeway.engine,
                token=leeway.token,
                hosts=frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}),
                clock=clock,
                people=leeway.people,
                hooks=leeway.hooks,
                shares=leeway.shares,
                data=data,
                panels=lambda: panel,
                rates=rates or Rates(),
                provider=provider(f"http://127.0.0.1:{port}") if provider else None,
            )
            server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
            servers.append(server)
            loop = asyncio.get_running_loop()
            held.append(Served(port, data, keep_token(data), leeway.engine, errors, clock, loop, app))
            ready.set()
            await server.serve([sock])

    def main() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            errors.append(error)
            raise
        finally:
            ready.set()

    thread = threading.Thread(target=main, name="served")
    thread.start()
    ready.wait(60)
    try:
        assert held, f"the server did not start: {errors}"
        yield held[0]
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(30)
        sock.close()
        assert not thread.is_alive()
