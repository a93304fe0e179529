"""What pages weigh and take with a fleet behind them, on the server and in a headless Chromium over loopback."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from tools.chromium import DRAWN

from bench import browser, status
from bench.figure import Figure, Line, Skipped, expect, scaled
from bench.history import history, settle
from bench.place import aside, cpu_s, scratch
from bench.server import Server, serving
from leeway.core.objective import DAY_S

HEAD = {"Accept": "text/html", "Accept-Encoding": "gzip"}
HEAVY = ("/", "/slos", "/slos/slo-7", "/alerts", "/calendar?slo=slo-7", "/reports", "/silences", "/sources", "/words")
MOST_POINTS = "50000"
REST_S, IDLE = 600, 0.2
"""So long is waited until it takes less than this share of a processor."""


def run(*, quick: bool) -> Iterator[Line]:
    """Weights, paints and long tasks of pages; server time of the list and of a target; then the status bench."""
    slos, days, repeats = (20, 2, 1) if quick else (1_000, 30, 7)
    past = history(slos, days)
    with scratch() as folder:
        data = folder / "data"
        shutil.copytree(past.data, data)  # points will be pushed, and the next run wants it as it was
        aside(_settled, data)
        with serving(data, past.at) as server:
            _rested(server)
            yield from _list(server, slos, repeats)
            yield from _slider(server, repeats)
            lacks = browser.lacking()
            if lacks:
                yield Skipped("weights, paints and long tasks of pages", lacks)
            else:
                yield from _browser(server, slos, days * DAY_S // 60, repeats)
    if not quick:  # which looks at each bench by itself
        yield from status.run(quick=False)


def _settled(data: Path) -> None:
    asyncio.run(settle(data))


def _rested(server: Server) -> None:
    """Waits until the server has done what it does once after a start: of a fleet it measures chance for minutes."""
    deadline = time.monotonic() + REST_S
    while time.monotonic() < deadline:
        used, begin = cpu_s(server.pid), time.perf_counter()
        time.sleep(3)
        if cpu_s(server.pid) - used < IDLE * (time.perf_counter() - begin):
            return


def _list(server: Server, slos: int, repeats: int) -> Iterator[Line]:
    """Asked for every second while points of every SLO arrive, so that one in five is the first after an evaluation."""
    over = threading.Event()
    pushing = threading.Thread(target=status.keep_pushing, args=(server, slos, over))
    pushing.start()
    try:
        whole = [_asked(server, f"/slos?rows={slos}", pause_s=1) for _ in range(3 * repeats)]
        first = [_asked(server, "/slos", pause_s=1) for _ in range(repeats)]
    finally:
        over.set()
        pushing.join()
    expect(whole[-1][1].count(b'<th scope="row">') == slos, "not every SLO has its row")
    what = f"list of {slos:,} SLOs on one page"
    beside = f"while points arrive; slowest {max(taken for taken, _, _ in whole) * 1_000:.0f} ms"
    yield Figure(f"{what}, server", "ms", scaled((taken for taken, _, _ in whole), 1_000), 150, beside=beside)
    yield Figure(f"{what}, packed", "kB", tuple(packed / 1_000 for _, _, packed in whole), 120)
    yield Figure("list of SLOs, its first page, server", "ms", scaled((taken for taken, _, _ in first), 1_000), 150)


def _asked(server: Server, path: str, *, pause_s: float = 0.0) -> tuple[float, bytes, int]:
    """Seconds to the last byte, the page, and its bytes as sent."""
    time.sleep(pause_s)
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.connect()
        begin = time.perf_counter()
        connection.request("GET", path, headers=HEAD)
        answer = connection.getresponse()
        body = answer.read()
        taken = time.perf_counter() - begin
    expect(answer.status == 200, f"{path} was answered by {answer.status}")
    return taken, gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body, len(body)


def _slider(server: Server, repeats: int) -> Iterator[Line]:
    """Another target each time, as a hand on the slider asks for them."""
    path = "/api/v1/slos/slo-7/target"
    first, _, _ = _asked(server, path)
    taken = [_asked(server, f"{path}?{urlencode({'targets': 0.9 + step / 1_000})}")[0] for step in range(3 * repeats)]
    beside = f"the first question, which reads the past, {first * 1_000:.0f} ms"
    yield Figure("another target tried on the past of an SLO", "ms", scaled(taken, 1_000), 300, beside=beside)


def _browser(server: Server, slos: int, minutes: int, repeats: int) -> Iterator[Line]:
    with browser.browsing() as opened:
        each = {path: opened(server.url + path) for path in HEAVY}
        script = max(each, key=lambda path: each[path].script_bytes)
        style = max(each, key=lambda path: each[path].style_bytes)
        yield Figure(
            "JavaScript of the heaviest page, packed", "kB", (each[script].script_bytes / 1_000,), 60, beside=script
        )
        yield Figure("CSS of the heaviest page, packed", "kB", (each[style].style_bytes / 1_000,), 20, beside=style)
        paints = tuple(opened(f"{server.url}/").paint_ms / 1_000 for _ in range(repeats))
        yield Figure(f"overview of {slos:,} SLOs, largest contentful paint", "s", paints, 1)
        listed = tuple(opened(f"{server.url}/slos?rows={slos}").task_ms for _ in range(repeats))
        yield Figure(f"list of {slos:,} SLOs on one page, longest task", "ms", listed)
        page = f"{server.url}/slos/slo-7"
        usual = tuple(opened(page, DRAWN).task_ms for _ in range(repeats))
        yield Figure(f"page of an SLO with {minutes:,} minutes, longest task", "ms", usual, 200)
        every = tuple(opened(page, DRAWN, ("**/series?*", _whole)).task_ms for _ in range(repeats))
        what = f"the same with all {minutes:,} points in each of its four charts"
        yield Figure(what, "ms", every, 200, beside="the page itself asks for 4,000 and bars")


def _whole(url: str) -> str:
    """The same question for every point there is."""
    parts = urlsplit(url)
    kept = [one for one in parts.query.split("&") if one.partition("=")[0] not in ("max_points", "step")]
    return urlunsplit(parts._replace(query="&".join([*kept, f"max_points={MOST_POINTS}"])))
