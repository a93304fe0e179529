"""How everything stands, asked by many at once: the list of objectives over HTTP while points keep arriving.

At first nobody has an account; then all ask with the token of somebody who sees one of two projects, half of the list.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from bench import web
from bench.figure import Figure, Line, expect, percentile, scaled
from bench.fleet import NOW
from bench.history import DEFINITION, define
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
            _check(server, range(slos))
            yield from _measured(server, slos, lasts_s, f"status of {slos:,} SLOs", HEAD)
            _check(server, range(slos))
            half = range(slos // 2)
            head = HEAD | {"Authorization": f"Bearer {_part(server, half)}"}
            _check(server, half, head)
            yield from _measured(server, slos, lasts_s, f"status of half of {slos:,} SLOs by a token", head)
            _check(server, half, head)


def _measured(server: Server, slos: int, lasts_s: int, what: str, head: Mapping[str, str]) -> Iterator[Line]:
    begin, used = time.perf_counter(), cpu_s(server.pid)
    taken = _asked(server, slos, lasts_s, head)
    share = (cpu_s(server.pid) - used) / (time.perf_counter() - begin)
    what = f"{what}, {USERS} users once a second"
    beside = f"{len(taken)} answers, 0 errors; the server took {share:.2f} of a processor, with pushes"
    yield Figure(f"{what}, p95", "ms", (percentile(taken, 0.95) * 1_000,), 100, beside=beside)
    yield Figure(f"{what}, each", "ms", scaled(taken, 1_000))


def _part(server: Server, half: range) -> str:
    """Puts these into a project of their own, lets an admin in, and gives the token of a viewer of that project."""
    text = "---".join(DEFINITION.format(number=number) for number in half)
    text = re.sub(r"(metadata: \{name: slo-\d+)", r"\1, annotations: {leeway.dev/project: half}", text)
    for path, wish in (
        ("apply", {"files": [{"file": "half.yaml", "text": text}], "by": "bench"}),
        ("people", {"name": "root", "roles": {"*": "admin"}}),
    ):
        web.tree(f"{server.url}/api/v1/{path}", wish, token=server.token)
    wish = {"name": "bench", "role": "viewer", "project": "half"}
    secret: str = web.tree(f"{server.url}/api/v1/tokens", wish, token=server.token)["secret"]
    return secret


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


def _asked(server: Server, slos: int, lasts_s: int, head: Mapping[str, str]) -> list[float]:
    """Seconds that each answer took, from the question to the last byte; each user keeps one connection."""
    over = threading.Event()
    with ThreadPoolExecutor(USERS + 1) as pool:
        pushing = pool.submit(keep_pushing, server, slos, over)
        users = [pool.submit(partial(_user, server, place, lasts_s, head)) for place in range(USERS)]
        try:
            taken = [each for user in users for each in user.result()]
        finally:
            over.set()
        pushing.result()
    return taken


def keep_pushing(server: Server, slos: int, over: threading.Event) -> None:
    """Points of every SLO, until it is over."""
    minute = 0
    while not over.wait(PUSHED_EVERY_S):
        minute += 1
        _push(server, slos, minute)


def _user(server: Server, place: int, lasts_s: int, head: Mapping[str, str]) -> list[float]:
    taken = []
    begin = time.perf_counter() + EVERY_S * place / USERS
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        for turn in range(round(lasts_s / EVERY_S)):
            time.sleep(max(0.0, begin + turn * EVERY_S - time.perf_counter()))
            asked = time.perf_counter()
            connection.request("GET", "/api/v1/status", headers=dict(head))
            answer = connection.getresponse()
            body = answer.read()
            taken.append(time.perf_counter() - asked)
            expect(answer.status == 200 and len(body) > 0, f"status was answered by {answer.status}: {body[:300]!r}")
    return taken


def _check(server: Server, slos: range, head: Mapping[str, str] = HEAD) -> None:
    """These SLOs are the list, and its figures are those that the store gives for the same moment."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        deadline = time.monotonic() + 60
        while True:
            connection.request("GET", "/api/v1/status", headers=dict(head))
            answer = connection.getresponse()
            body = answer.read()
            packed = answer.getheader("Content-Encoding") == "gzip"
            listed = json.loads(gzip.decompress(body) if packed else body)["items"]
            named = {one["slo"] for one in listed} == {f"slo-{number}" for number in slos}
            expect(named, f"{len(listed)} SLOs are listed, and not the {len(slos)} that should be")
            found = [one for one in (listed[0], listed[-1]) if not _same(server, one, head)]
            if not found:
                return
            expect(time.monotonic() < deadline, f"the list says {found[0]}, and the store another thing")
            time.sleep(1)  # what was pushed last is evaluated within five seconds


def _same(server: Server, one: dict[str, object], head: Mapping[str, str]) -> bool:
    asked = {name: told for name, told in head.items() if name == "Authorization"}
    address = f"{server.url}/api/v1/slos/{one['slo']}/budget?as_of={one['as_of']}"
    [stored] = json.loads(web.text(address, None, asked))["items"]
    return all(one[name] == stored[name] for name in ("good", "total", "budget", "burn_rates", "coverage", "interval"))
