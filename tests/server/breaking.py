"""A server whose service broke twice, and its backtests until they are over."""

from __future__ import annotations

import json
import time
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from tests.server.serving import NOW, Served, points, slo

from leeway.app import running
from leeway.config import Config
from leeway.engine.views import SourceText
from leeway.ports.kit.clock import VirtualClock

AT = "/api/v1/slos/broken/backtests"
DAY = 1_440
LOOSE = {"name": "loose", "burns": [{"burn_rate": 2, "long": "30m", "short": "5m"}]}
TIGHT = {
    "name": "tight",
    "burns": [{"burn_rate": 9, "long": "6h"}, {"burn_rate": 0.5, "long": "6h", "severity": "ticket"}],
}


async def break_twice(data: Path) -> None:
    """Three days of a service with one outage of forty minutes, and one of a minute."""
    async with running(Config(data=data), VirtualClock(NOW)) as running_one:
        engine = running_one.engine
        texts = slo("broken") + "---\n" + slo("unseen")
        await engine.apply((SourceText("broken.yaml", texts),), prune=False, by="seed", expected=None)
        await engine.push(points("broken", 100, 100, range(1, 3 * DAY)), None)
        await engine.push(points("broken", 10, 100, range(DAY, DAY + 40)), None)
        await engine.push(points("broken", 0, 100, range(600, 601)), None)


def ask(server: Served, method: str, at: str, tree: object = None) -> tuple[HTTPResponse, Any]:
    """The answer to a request, read."""
    answer, body = server.ask(method, at, json.dumps(tree) if tree is not None else b"", server.bearer)
    return answer, json.loads(body)


def over(server: Served, at: str) -> Any:
    """The backtest at an address, when it is over."""
    for _ in range(600):
        told = ask(server, "GET", at)[1]
        if told["job"]["state"] not in ("queued", "running"):
            return told
        time.sleep(0.05)
    raise AssertionError(f"{at} is not over: {told}")


def tried(server: Served, *tries: object, **more: str) -> Any:
    """A backtest of these tries, when it is over."""
    answer, _ = ask(server, "POST", AT, {"tries": list(tries), **more})
    assert answer.status == 202
    return over(server, answer.headers["Location"])
