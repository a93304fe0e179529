"""How everything stands, asked by many at once: the list of all objectives over HTTP while points keep arriving."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from bench import web
from bench.figure import Figure, Line, expect, percentile, scaled
from bench.fleet import NOW
from bench.history import define
from bench.place import aside, cpu_s, scratch
from bench.server import Server, serving

USERS, EVERY_S = 50, 1.0
PUSHED_EVERY_S = 2.0
"""Each evaluation, every five seconds, finds every objective changed."""

HEAD = {"Accept-Encoding": "gzip"}


def run(*, quick: bool) -> Iterator[Line]:
    """The slowest twentieth of the answers to fifty users who ask each second; and what one answer takes."""
    slos, lasts_s = (50, 3) if quick else (1_000, 30)
    with scratch() as folder:
        data = folder / "data"
        aside(_define, data, slos)
        with serving(data, NOW) as server:
            _push(server, slos, 0)
            _check(server, slos)
            begin, used = time.perf_counter(), cpu_s(server.pid)
            taken = _asked(server, slos, lasts_s)
            share = (cpu_s(server.pid) - used) / (time.perf_counter() - begin)
            _check(server, slos)
    what = f"status of {slos:,} SLOs, {USERS} users once a second"
    beside = f"{len(taken)} answers, 0 errors; the server took {share:.2f} of a processor, with pushes"
    yield Figure(f"{what}, p95", "ms", (percentile(taken, 0.95) * 1_000,), 100, beside=beside)
    yield Figure(f"{what}, each", "ms", scaled(taken, 1_000))


def _define(data: Path, slos: int) -> None:
    asyncio.run(define(data, slos, NOW))


def _push(server: Server, slos: int, minute: int) -> None:
    """Ten minutes of the last hour of every SLO, newer or changed each time."""
    rows = [(slo, NOW - 60 * (60 - minute % 50 - each)) for slo in range(slos) for each in range(10)]
    told = {
        "slos": [f"slo-{slo}" for slo in range(slos)],
        "slo": [slo for slo, _ in rows],
        "time": [at for _, at in rows],
        "good": [990 + (slo + minute) % 10 for slo, _ in rows],
        "total": [1_000] * len(rows),
    }
    said = web.tree(f"{server.url}/api/v1/push", told, token=server.token)
    expect(said["accepted"] == len(rows), f"of {len(rows)} points {said['accepted']} were accepted")


def _asked(server: Server, slos: int, lasts_s: int) -> list[float]:
    """Seconds that each answer took, from the question to the last byte; each user keeps one connection."""
    over = threading.Event()
    with ThreadPoolExecutor(USERS + 1) as pool:
        pushing = pool.submit(_keep_pushing, server, slos, over)
        users = [pool.submit(partial(_user, server, place, lasts_s)) for place in range(USERS)]
        try:
            taken = [each for user in users for each in user.result()]
        finally:
            over.set()
        pushing.result()
    return taken


def _keep_pushing(server: Server, slos: int, over: threading.Event) -> None:
    minute = 0
    while not over.wait(PUSHED_EVERY_S):
        minute += 1
        _push(server, slos, minute)


def _user(server: Server, place: int, lasts_s: int) -> list[float]:
    taken = []
    begin = time.perf_counter() + EVERY_S * place / USERS
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        for turn in range(round(lasts_s / EVERY_S)):
            time.sleep(max(0.0, begin + turn * EVERY_S - time.perf_counter()))
            asked = time.perf_counter()
            connection.request("GET", "/api/v1/status", headers=HEAD)
            answer = connection.getresponse()
            body = answer.read()
            taken.append(time.perf_counter() - asked)
            expect(answer.status == 200 and len(body) > 0, f"status was answered by {answer.status}: {body[:300]!r}")
    return taken


def _check(server: Server, slos: int) -> None:
    """Every SLO is in the list, and its figures are those that the store gives for the same moment."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        deadline = time.monotonic() + 60
        while True:
            connection.request("GET", "/api/v1/status", headers=HEAD)
            answer = connection.getresponse()
            body = answer.read()
            packed = answer.getheader("Content-Encoding") == "gzip"
            listed = json.loads(gzip.decompress(body) if packed else body)["items"]
            expect(len(listed) == slos, f"{len(listed)} of {slos} SLOs are listed")
            found = [one for one in (listed[0], listed[-1]) if not _same(server, one)]
            if not found:
                return
            expect(time.monotonic() < deadline, f"the list says {found[0]}, and the store another thing")
            time.sleep(1)  # what was pushed last is evaluated within five seconds


def _same(server: Server, one: dict[str, object]) -> bool:
    [stored] = web.tree(f"{server.url}/api/v1/slos/{one['slo']}/budget?as_of={one['as_of']}")["items"]
    return all(one[name] == stored[name] for name in ("good", "total", "budget", "burn_rates", "coverage", "interval"))
