"""Debian's Prometheus with known history, and the rules that SLO tools usually generate for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import web
from bench.figure import Wrong, expect
from bench.peers.traffic import TARGET, WINDOW_S
from bench.place import cpu_s

RATIO = (
    'sum(rate(bench_requests_total{{slo="{slo}",code=~"5.."}}[{span}]))'
    ' / sum(rate(bench_requests_total{{slo="{slo}"}}[{span}]))'
)
SPANS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
PAIRS = {"page": (("5m", "1h", 14.4), ("30m", "6h", 6.0)), "ticket": (("2h", "1d", 3.0), ("6h", "3d", 1.0))}
RULES = 17


def program(name: str) -> str | None:
    """Where `prometheus` or `promtool` lies, if anywhere."""
    root = Path(__file__).parents[2]
    places = (shutil.which(name), root / ".tools/debian/usr/bin" / name)
    return next((str(place) for place in places if place and os.access(place, os.X_OK)), None)


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running server."""

    url: str
    pid: int

    @property
    def cpu_s(self) -> float:
        """Processor seconds so far."""
        return cpu_s(self.pid)

    def value(self, query: str, at: int) -> float:
        """The single number that a query gives."""
        found = web.form(f"{self.url}/api/v1/query", {"query": query, "time": at})["data"]["result"]
        expect(len(found) == 1, f"{query} gives {len(found)} series")
        return float(found[0]["value"][1])

    def rounds(self, groups: int) -> float:
        """How many times each of the groups of rules was evaluated."""
        text = web.text(f"{self.url}/metrics")
        counts = re.findall(r"^prometheus_rule_group_iterations_total\{[^}]*\} (\S+)$", text, re.MULTILINE)
        return sum(map(float, counts)) / groups


def backfill(metrics: Path, data: Path) -> None:
    """Blocks from OpenMetrics text."""
    tool = program("promtool")
    if tool is None:
        raise Wrong("promtool was there a moment ago")
    command = [tool, "tsdb", "create-blocks-from", "--max-block-duration=162h", "-q", "openmetrics"]
    subprocess.run([*command, str(metrics), str(data)], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(folder: Path, *, slos: int, interval_s: int) -> Iterator[Prometheus]:
    """Over `folder/data`, with the rules of so many SLOs (0: none)."""
    binary = program("prometheus")
    if binary is None:
        raise Wrong("prometheus was there a moment ago")
    groups = [group for slo in range(slos) for group in rules(f"slo-{slo}")]
    (folder / "rules.json").write_text(json.dumps({"groups": groups}))
    config = {"global": {"evaluation_interval": f"{interval_s}s"}, "rule_files": [str(folder / "rules.json")]}
    (folder / "prometheus.json").write_text(json.dumps(config))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [binary, f"--config.file={folder}/prometheus.json", f"--storage.tsdb.path={folder}/data"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=60d"]
    with (
        (folder / "prometheus.log").open("a") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}/-/ready", process, folder / "prometheus.log")
            yield Prometheus(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()
            process.wait(60)


def rules(slo: str) -> list[dict[str, object]]:
    """Three groups, 17 rules: error ratios of eight spans, seven facts for panels, a page and a ticket."""
    own = {"slo": slo}
    ratio = {span: f'slo:error_ratio:{span}{{slo="{slo}"}}' for span in (*SPANS, "30d")}
    mean = f"sum_over_time({ratio['5m']}[30d]) / count_over_time({ratio['5m']}[30d])"
    spans = [("slo:error_ratio:" + span, RATIO.format(slo=slo, span=span)) for span in SPANS]
    facts = [
        ("slo:target:ratio", f"vector({TARGET})"),
        ("slo:budget:ratio", f"vector(1 - {TARGET})"),
        ("slo:period:days", "vector(30)"),
        ("slo:burn:current", f'{ratio["5m"]} / on(slo) slo:budget:ratio{{slo="{slo}"}}'),
        ("slo:burn:period", f'{ratio["30d"]} / on(slo) slo:budget:ratio{{slo="{slo}"}}'),
        ("slo:budget:remaining", f'1 - slo:burn:period{{slo="{slo}"}}'),
        ("slo:info", "vector(1)"),
    ]
    records = [*spans, ("slo:error_ratio:30d", mean)], facts
    groups: list[dict[str, object]] = [
        {"name": f"{slo} {place}", "rules": [{"record": name, "expr": expr, "labels": own} for name, expr in part]}
        for place, part in enumerate(records)
    ]
    alerts = [{"alert": f"{kind} {slo}", "expr": _burns(pairs, ratio), "labels": own} for kind, pairs in PAIRS.items()]
    groups.append({"name": f"{slo} alerts", "rules": alerts})
    expect(sum(len(records) for records in (spans, [mean], facts, alerts)) == RULES, "17 rules are usual")
    return groups


def _burns(pairs: tuple[tuple[str, str, float], ...], ratio: dict[str, str]) -> str:
    limits = [(short, long, factor * (1 - TARGET)) for short, long, factor in pairs]
    return " or ".join(f"({ratio[short]} > {limit:g} and {ratio[long]} > {limit:g})" for short, long, limit in limits)


def remaining_by_increase(server: Prometheus, slo: str, at: int) -> float:
    """Budget left by one `increase` over the window."""
    bad, total = (
        server.value(f'sum(increase(bench_requests_total{{slo="{slo}"{which}}}[{WINDOW_S}s]))', at)
        for which in (',code=~"5.."', "")
    )
    return 1 - bad / total / (1 - TARGET)


def remaining_by_mean(server: Prometheus, slo: str, at: int) -> float:
    """Budget left by the mean of the 5-minute error ratios, one each minute, as the recorded rules have it."""
    ratio = RATIO.format(slo=slo, span="5m")
    return 1 - server.value(f"avg_over_time(({ratio})[{WINDOW_S}s:1m])", at) / (1 - TARGET)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        expect(process.poll() is None, f"Prometheus ended: {log.read_text()[-2000:]}")
        try:
            web.text(url)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Wrong(f"Prometheus was not ready in time: {log.read_text()[-2000:]}")
