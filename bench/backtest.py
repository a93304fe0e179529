"""Policies over a quarter of a year: `leeway backtest` with a CSV of every minute, as a user types it."""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.figure import Figure, Line, expect
from bench.place import aside, cache
from leeway.engine.report import rfc3339

BEGIN = 1_767_225_600
MINUTES = 1_440
OUTAGE = 30
POLICIES = ("default", "fast-burn", "slow-budget-drop")
"""Presets; the first is two policies."""

SLO = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: slo-{number}}}
spec:
  service: shop
  indicator:
    metadata: {{name: answers-{number}}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: push, spec: {{what: good}}}}}}
        total: {{metricSource: {{type: push, spec: {{what: all}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: 0.999}}]
  alertPolicies: [{policies}]
"""
POLICY = """
apiVersion: leeway.dev/v1
kind: AlertPolicy
metadata: {{name: {name}}}
spec: {{preset: {name}}}
"""


def run(*, quick: bool) -> Iterator[Line]:
    """The whole verb, from the start of its process to its end; the csv module alone beside it."""
    slos, days = (3, 5) if quick else (100, 90)
    folder = cache() / f"backtest-{slos}-{days}"
    points = folder / "points.csv"
    if not points.exists():
        aside(_write, folder, slos, days)
    taken, most = zip(*(aside(_backtest, folder, slos, days) for _ in range(1 if quick else 3)), strict=True)
    bare = aside(_csv_alone, points)
    what = f"backtest of {slos} objectives × {days} days × {len(POLICIES) + 1} policies from CSV"
    beside = f"{sorted(taken)[len(taken) // 2] / bare:.1f} × csv.reader over the file"
    yield Figure(what, "s", taken, 30, beside=beside)
    yield Figure(f"{what}: memory", "GB", most, 1)


def _backtest(folder: Path, slos: int, days: int) -> tuple[float, float]:
    program = Path(sys.executable).with_name("leeway")
    command = [program, "backtest", "-f", folder / "slo.yaml", "--points", folder / "points.csv", "-o", "json"]
    begin = time.perf_counter()
    said = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    taken = time.perf_counter() - begin
    pages = {(one["slo"], one["fired_at"]) for one in said["alerts"] if one["policy"] == "default fast burn"}
    for number in range(slos):
        soon = {rfc3339(_outage(number, days) + minute * 60) for minute in range(OUTAGE)}
        fired = [at for slo, at in pages if slo == f"slo-{number}" and at in soon]
        expect(len(fired) == 1, f"the outage of slo-{number} is paged {len(fired)} times")
    return taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9


def _csv_alone(points: Path) -> float:
    begin = time.perf_counter()
    with points.open(newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - begin


def _outage(number: int, days: int) -> int:
    """When it begins; each has its own."""
    return BEGIN + (days * MINUTES // 2 + number * 7) * 60


def _write(folder: Path, slos: int, days: int) -> None:
    """Noisy traffic with a few errors, and half an hour in which nothing works."""
    folder.mkdir(exist_ok=True)
    refs = ", ".join(f"{{alertPolicyRef: {name}}}" for name in POLICIES)
    documents = [SLO.format(number=number, policies=refs) for number in range(slos)]
    (folder / "slo.yaml").write_text("---".join([*documents, *(POLICY.format(name=name) for name in POLICIES)]))
    random = np.random.default_rng(4)
    time = BEGIN + np.arange(days * MINUTES) * 60
    part = folder / "points.part"
    with part.open("w") as file:
        file.write("time,slo,good,total\n")
        for number in range(slos):
            total = random.integers(50, 1_000, len(time))
            bad = random.binomial(total, 0.0005)
            out = (time >= _outage(number, days)) & (time < _outage(number, days) + OUTAGE * 60)
            good = np.where(out, 0, total - bad)
            rows = zip(time.tolist(), good.tolist(), total.tolist(), strict=True)
            file.write("".join(f"{at},slo-{number},{well},{all_}\n" for at, well, all_ in rows))
    part.rename(folder / "points.csv")
