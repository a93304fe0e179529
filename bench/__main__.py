"""`python -m bench [--only NAME] [--quick]`: measures, checks what it measured, prints one table."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench.figure import Line, Wrong, table

NAMES = (
    "tick",
    "store",
    "start",
    "replay",
    "backtest",
    "push",
    "command",
    "peers",
    "forecast",
    "lowtraffic",
    "status",
    "pages",
)


def main() -> int:
    """0 if everything measured was also right, whatever the figures; 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=NAMES, action="append", help="this one; may be given several times")
    parser.add_argument("--quick", action="store_true", help="small sizes: tells whether it works, not how fast")
    asked = parser.parse_args()
    console, lines = Console(width=None if sys.stdout.isatty() else 180), []
    try:
        for line in _measured(tuple(asked.only or NAMES), quick=asked.quick):
            lines.append(line)
            Console(stderr=True).print(f"[dim]{line.what}[/dim]")
    except Wrong as error:
        console.print(f"[bold red]wrong[/bold red]: {error}")
        return 1
    finally:
        console.print(table(lines, f"Leeway, measured on {machine()}{', quick: not for quoting' * asked.quick}"))
    return 0


def machine() -> str:
    """The outline of the machine."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(": ")[2] if models else platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{len(models)} × {model}, {memory:.0f} GB, Python {platform.python_version()}, load {load:.1f} at the end"


def _measured(names: tuple[str, ...], *, quick: bool) -> Iterator[Line]:
    for name in names:
        if name == "status" and "pages" in names:
            continue  # which ends with it
        yield from importlib.import_module(f"bench.{name}").run(quick=quick)


if __name__ == "__main__":
    sys.exit(main())
