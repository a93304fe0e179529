"""Leeway as it is, pulling the same Prometheus."""

from __future__ import annotations

import asyncio
import time
import urllib.parse
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import web
from bench.figure import expect
from bench.peers.prometheus import Prometheus
from bench.peers.traffic import TARGET, WINDOW_S
from bench.place import ShiftedClock, config, cpu_s
from bench.server import Server, serving
from leeway.app import running
from leeway.engine.views import SourceText

SOURCE = """
apiVersion: openslo/v1
kind: DataSource
metadata: {{name: prometheus}}
spec: {{type: Prometheus, connectionDetails: {{url: '{url}'}}}}
"""
DEFINITION = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {slo}}}
spec:
  service: bench
  indicator:
    metadata: {{name: {slo}-sli}}
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            metricSourceRef: prometheus
            spec: {{query: 'sum(rate(bench_requests_total{{slo="{slo}",code=~"5.."}}[{{{{.window}}}}]))'}}
        total:
          metricSource:
            metricSourceRef: prometheus
            spec: {{query: 'sum(rate(bench_requests_total{{slo="{slo}"}}[{{{{.window}}}}]))'}}
  timeWindow: [{{duration: {days}d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: {target}}}]
"""


@dataclass(frozen=True, slots=True)
class Pulled:
    """Processor milliseconds per SLO and minute, of Leeway and of the Prometheus that answers it; slo-0's budget."""

    own_ms: float
    theirs_ms: float
    remaining: float | None


def pulled(folder: Path, source: Prometheus, slos: int, at: int, *, minutes: int, speed: float, deep: bool) -> Pulled:
    """Collects every SLO each minute and computes all statuses, for some minutes of a fast clock that begins at `at`.

    With `deep`, slo-0's history is replayed afterwards and its budget asked as of `at`.
    """
    host = urllib.parse.urlsplit(source.url).netloc
    asyncio.run(_define(folder, source.url, host, slos, at - 120))
    with ExitStack() as stack:
        server = stack.enter_context(serving(folder, at, speed=speed, hosts=(host,)))
        time.sleep(60 / speed)
        web.tree(f"{server.url}/api/v1/status")
        before = cpu_s(server.pid), source.cpu_s
        for _ in range(minutes):
            time.sleep(60 / speed)
            said = web.tree(f"{server.url}/api/v1/status")
        after = cpu_s(server.pid), source.cpu_s
        blind = [one["slo"] for one in said["items"] if one["source"]["last_error"] or not one["total"]]
        expect(len(said["items"]) == slos and not blind, f"{len(blind)} SLOs have no data: {blind[:3]}")
        own, theirs = ((late - early) * 1_000 / slos / minutes for early, late in zip(before, after, strict=True))
        return Pulled(own, theirs, _replayed(server, at) if deep else None)


async def _define(folder: Path, url: str, host: str, slos: int, at: float) -> None:
    days, names = WINDOW_S // 86_400, [f"slo-{number}" for number in range(slos)]
    texts = [SOURCE.format(url=url), *(DEFINITION.format(slo=name, days=days, target=TARGET) for name in names)]
    async with running(config(folder, (host,)), ShiftedClock(at)) as leeway:
        await leeway.engine.apply((SourceText("slos.yaml", "---".join(texts)),), prune=False, by="bench", expected=None)


def _replayed(server: Server, at: int) -> float:
    start, end = (datetime.fromtimestamp(time, UTC).isoformat() for time in (at - WINDOW_S - 3_600, at))
    job = web.tree(f"{server.url}/api/v1/replay", {"slo": "slo-0", "start": start, "end": end}, token=server.token)
    deadline = time.monotonic() + 120
    while job["state"] not in ("done", "failed") and time.monotonic() < deadline:
        time.sleep(0.2)
        job = web.tree(f"{server.url}/api/v1/jobs/{job['id']}")
    expect(job["state"] == "done", f"the replay is {job['state']}: {job.get('note')}")
    (said,) = web.tree(f"{server.url}/api/v1/slos/slo-0/budget?as_of={urllib.parse.quote(end)}")["items"]
    return float(said["budget"]["remaining_ratio"])
