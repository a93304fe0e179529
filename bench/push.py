"""Points over HTTP into the store, end to end: what the server's processor does for each of them."""

from __future__ import annotations

import asyncio
import http.client
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from bench.figure import Figure, Line, expect
from bench.fleet import NOW
from bench.history import define
from bench.place import aside, cpu_s, scratch
from bench.server import Server, serving
from leeway.core.window import Span
from leeway.store import open_points

Shapes = tuple[tuple[int, str], ...]
SHAPES: Shapes = ((10, "objects"), (10, "columns"), (1, "columns"))
"""How many minutes of each SLO follow one another in a body, and how it is written."""

WANTED = 100_000


def run(*, quick: bool) -> Iterator[Line]:
    """Large batches on one connection, small ones on sixteen; a minute of many SLOs, or many minutes of a few."""
    slos, points = (50, 20_000) if quick else (1_000, 400_000)
    with scratch() as empty:
        aside(_define, empty / "data", slos)
        yield from _figures(empty / "data", slos, points, SHAPES[: 1 if quick else None], 1 if quick else 3)


def _figures(empty: Path, slos: int, points: int, shapes: Shapes, repeats: int) -> Iterator[Line]:
    for size, connections in ((10_000, 1), (500, 16)):
        points = min(points, 200 * size)
        for minutes, shape in shapes:
            rates, walls = [], []
            for _ in range(repeats):
                rate, wall = _pushed(empty, (slos, points, size, minutes), connections, shape)
                rates.append(rate)
                walls.append(wall)
            what = (
                f"push in batches of {size:,} ({shape}, {minutes} minute{'s' * (minutes > 1)} of each SLO) "
                f"on {connections} connection{'s' * (connections > 1)}"
            )
            beside = f"{sorted(walls)[len(walls) // 2]:,.0f} a second by the clock"
            yield Figure(what, "points per CPU-s", tuple(rates), WANTED, least=True, beside=beside)


def _pushed(empty: Path, sizes: tuple[int, int, int, int], connections: int, shape: str) -> tuple[float, float]:
    """Points per processor second of the server, and per second of the clock; all of them are in the store once."""
    bodies = [_body(rows, shape) for rows in _rows(*sizes)]
    hands = [bodies[hand::connections] for hand in range(connections)]
    with scratch() as folder:
        data = shutil.copytree(empty, folder / "data")
        with serving(data, NOW) as server, ThreadPoolExecutor(connections) as pool:
            _send(server, [_body([], shape)])
            begin, used = time.perf_counter(), cpu_s(server.pid)
            accepted = sum(pool.map(partial(_send, server), hands))
            used, wall = cpu_s(server.pid) - used, time.perf_counter() - begin
        with closing(open_points(data)) as store:
            spans = store.extent()
            held = len(store.read_all(list(spans), Span(min(span.start for span in spans.values()), NOW)))
    sent = sizes[1]
    expect(accepted == held == sent, f"{sent} points were sent, {accepted} accepted, {held} are in the store")
    return sent / used, sent / wall


def _define(data: Path, slos: int) -> None:
    asyncio.run(define(data, slos, NOW))


Row = tuple[int, int, int, int]


def _rows(slos: int, points: int, size: int, minutes: int) -> Iterator[list[Row]]:
    """Batches of (SLO, time, good, total), each point once: `minutes` neighbouring minutes of one SLO after another."""
    per_round = slos * minutes
    every = (
        (place % per_round // minutes, NOW - 60 * (1 + place // per_round * minutes + place % minutes), 9, 10)
        for place in range(points)
    )
    while batch := [row for _, row in zip(range(size), every, strict=False)]:
        yield batch


def _body(rows: Sequence[Row], shape: str) -> bytes:
    if shape == "objects":
        told: object = [
            {"slo": f"slo-{slo}", "time": at, "good": good, "total": total} for slo, at, good, total in rows
        ]
    else:
        names = sorted({slo for slo, *_ in rows})
        place = {slo: number for number, slo in enumerate(names)}
        slo, at, good, total = zip(*rows, strict=True) if rows else ((), (), (), ())
        told = {
            "slos": [f"slo-{name}" for name in names],
            "slo": [place[each] for each in slo],
            "time": at,
            "good": good,
            "total": total,
        }
    return json.dumps(told, separators=(",", ":")).encode()


def _send(server: Server, bodies: Sequence[bytes]) -> int:
    """Sends one after the other on one connection; how many points were accepted."""
    accepted = 0
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)) as connection:
        for body in bodies:
            connection.request("POST", "/api/v1/push", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            expect(answer.status == 200, f"a push was answered with {answer.status}: {text[:300]!r}")
            accepted += json.loads(text)["accepted"]
    return accepted
