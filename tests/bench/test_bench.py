"""Every benchmark runs, and what it measures is right. How long anything takes is nobody's business here."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAYS = {
    "tick": ["tick of 1,000 objectives", "resident"],
    "store": ["durable append", "compaction beside, p99", "from the ledger", "from the store"],
    "start": ["process to ready", "filling the ledgers"],
    "replay": ["Occurrences", "Timeslices"],
    "backtest": ["policies from CSV", "memory"],
    "push": ["batches of 10,000", "batches of 500"],
    "command": ["leeway --version"],
    "peers": ["Prometheus", "slo-generator"],
    "forecast": ["95 % band off by", "both in one fleet", "1,000 services"],
    "lowtraffic": ["99 % at 4/h, 100 % fail", "upper 95 % bound", "clearly fewer false pages"],
    "status": ["50 users once a second, p95", "0 errors"],
    "pages": ["20 SLOs on one page, server", "another target"],
}


def bench(*arguments):
    """In a cache of its own: two that run at once would be in each other's way."""
    with tempfile.TemporaryDirectory() as folder:
        told = os.environ | {"TMPDIR": folder}
        words = [sys.executable, "-m", "bench", *arguments]
        return subprocess.run(words, cwd=ROOT, env=told, capture_output=True, text=True, check=False)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SAYS)
def test_a_benchmark_measures_what_is_right(name):
    """With small sizes each fills its lines of the table, and its own checks of what it measured hold."""
    done = bench("--quick", "--only", name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not for quoting" in done.stdout
    assert [words for words in SAYS[name] if words not in done.stdout] == []


def test_every_benchmark_is_tested():
    """The names that `python -m bench --help` offers are those above."""
    offered = bench("--help").stdout
    assert "{" + ",".join(SAYS) + "}" in offered.replace("\n", "").replace(" ", "")
