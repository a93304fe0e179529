"""How long a person waits for the command line to answer at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, Line, expect, scaled, seconds
from leeway.version import VERSION


def run(*, quick: bool) -> Iterator[Line]:
    """`leeway --version`, from start to end of the process; the bare interpreter beside it."""
    program = Path(sys.executable).with_name("leeway")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    expect(VERSION in said, f"--version says {said!r}")
    repeats = 3 if quick else 11
    bare = seconds(repeats, lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    taken = Figure("leeway --version", "ms", scaled(_runs(program, repeats), 1_000), 100)
    beside = f"{taken.median / 1_000 / sorted(bare)[len(bare) // 2]:.1f} × python -c ''"
    yield Figure(taken.what, taken.unit, taken.samples, taken.wanted, beside=beside)


def _runs(program: Path, repeats: int) -> tuple[float, ...]:
    return seconds(repeats, lambda: subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True))
