"""Processor time per SLO and evaluation, and one budget's value, of each tool beside the exact truth."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Line, Skipped, expect
from bench.peers import leeway, prometheus, slo_generator
from bench.peers.traffic import Traffic
from bench.place import scratch
from leeway.clock import SystemClock

RAW = "from raw series"


def run(*, quick: bool) -> Iterator[Line]:
    """One backfilled Prometheus, asked by all; it evaluates the usual rules itself."""
    missing = [name for name in ("prometheus", "promtool") if prometheus.program(name) is None]
    if missing:
        yield Skipped("side by side with Prometheus and slo-generator", f"no program {' and '.join(missing)} here")
        return
    sizes = (5,) if quick else (100, 500)
    with scratch() as folder:
        end = int(SystemClock().now()) // 60 * 60
        traffic = Traffic.of(max(sizes), end, 3 * 1440)
        traffic.write(folder / "metrics.txt")
        prometheus.backfill(folder / "metrics.txt", folder / "data")
        for slos in sizes:
            yield _rules(folder, slos, interval_s=3 if quick else 30)
        with prometheus.running(folder, slos=0, interval_s=3_600) as server:
            yield from _theirs(folder, server, traffic, quick=quick)
            for slos in sizes:
                yield from _ours(folder, server, traffic, slos, quick=quick)


def _rules(folder: Path, slos: int, *, interval_s: int) -> Line:
    with prometheus.running(folder, slos=slos, interval_s=interval_s) as server:
        time.sleep(interval_s)  # every group has its own moment in the interval
        before, rounds = server.cpu_s, server.rounds(3 * slos)
        time.sleep(2 * interval_s)
        used, rounds = server.cpu_s - before, server.rounds(3 * slos) - rounds
    expect(rounds > 1, f"the rules were evaluated {rounds:.1f} times")
    what = f"Prometheus, {prometheus.RULES} rules for each of {slos} SLOs: CPU per SLO and evaluation"
    return Figure(what, "ms", (used * 1_000 / slos / rounds,), beside=f"{RAW} it has stored")


def _theirs(folder: Path, server: prometheus.Prometheus, traffic: Traffic, *, quick: bool) -> Iterator[Line]:
    at = traffic.end
    truth = traffic.remaining(0, at)
    yield Figure("budget left of slo-0: truth", "%", (truth * 100,), beside="every increment is known")
    for what, value in (
        ("Prometheus, one increase()", prometheus.remaining_by_increase(server, "slo-0", at)),
        ("Prometheus, mean of 5m ratios as recorded rules have it", prometheus.remaining_by_mean(server, "slo-0", at)),
    ):
        yield _value(what, value, truth)
    found = slo_generator.installed(make=not quick)
    if found is None:
        yield Skipped(f"slo-generator {slo_generator.RELEASE}", "a full run installs it from a package index")
        return
    slos = 5 if quick else 100
    before, now = server.cpu_s, int(SystemClock().now())
    used, value = slo_generator.computed(found, folder, server.url, slos)
    asked = (server.cpu_s - before) * 1_000 / slos
    what = f"slo-generator {slo_generator.RELEASE}, 4 windows, {slos} SLOs: CPU per SLO and evaluation"
    yield Figure(
        what, "ms", (used * 1_000 / slos,), beside=f"{RAW} by queries, Prometheus' part {asked:.1f} ms besides"
    )
    yield _value("slo-generator", value, traffic.remaining(0, now // 60 * 60))


def _ours(folder: Path, server: prometheus.Prometheus, traffic: Traffic, slos: int, *, quick: bool) -> Iterator[Line]:
    at = traffic.end - 15 * 60
    minutes, speed, deep = (2, 30.0, True) if quick else (3, 3.0, slos == 100)
    own = leeway.pulled(folder / f"leeway-{slos}", server, slos, at, minutes=minutes, speed=speed, deep=deep)
    what = f"Leeway pulling {slos} SLOs: CPU per SLO and evaluation, collected, stored, 8 windows, statuses"
    yield Figure(
        what, "ms", (own.own_ms,), beside=f"{RAW}, samples as scraped; Prometheus' part {own.theirs_ms:.1f} ms"
    )
    if own.remaining is not None:
        truth = traffic.remaining(0, at)
        expect(abs(own.remaining - truth) < 1e-9, f"Leeway says {own.remaining}, the truth is {truth}")
        yield _value("Leeway, counted from the samples", own.remaining, truth)


def _value(what: str, value: float, truth: float) -> Line:
    return Figure(f"budget left of slo-0: {what}", "%", (value * 100,), beside=f"off by {(value - truth) * 100:+.2f}")
