"""A measured figure, and the table of all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table


class Wrong(Exception):
    """A benchmark measured something that gives wrong results: its figures are worth nothing."""


def expect(true: bool, sentence: str) -> None:
    """The correctness check of a benchmark: raises Wrong with what is not so."""
    if not true:
        raise Wrong(sentence)


@dataclass(frozen=True, slots=True)
class Figure:
    """Samples in one unit. `wanted` is the most it may be, or the least if `least`; None: nobody asked for it.

    `beside` tells the ratio to a peer or to another figure, in words.
    """

    what: str
    unit: str
    samples: tuple[float, ...]
    wanted: float | None = None
    least: bool = False
    beside: str = ""

    @property
    def median(self) -> float:
        """What the figure is quoted by."""
        return statistics.median(self.samples)

    @property
    def verdict(self) -> str:
        """ok, or over (under, where more is better); empty if nothing was asked."""
        if self.wanted is None:
            return ""
        if self.least:
            return "ok" if self.median >= self.wanted else "under"
        return "ok" if self.median < self.wanted else "over"


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could not be measured here, and why."""

    what: str
    why: str


Line = Figure | Skipped


def seconds(repeats: int, act: Callable[[], object]) -> tuple[float, ...]:
    """How long each of some runs took; one run before them does not count."""
    act()
    taken = []
    for _ in range(repeats):
        begin = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begin)
    return tuple(taken)


def scaled(samples: Iterable[float], factor: float) -> tuple[float, ...]:
    """Samples in another unit."""
    return tuple(sample * factor for sample in samples)


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample below which this share of them lies."""
    return sorted(samples)[min(len(samples) - 1, int(share * len(samples)))]


def table(lines: Iterable[Line], title: str) -> Table:
    """Everything measured, one line each."""
    shown = Table(title=title, box=box.SIMPLE, title_justify="left")
    shown.add_column("what")
    for name in ("median", "min – max", "wanted"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("")
    shown.add_column("beside")
    for line in lines:
        if isinstance(line, Skipped):
            shown.add_row(line.what, "skipped", "", "", "", line.why)
        else:
            shown.add_row(
                line.what,
                f"{number(line.median)} {line.unit}",
                "" if len(line.samples) == 1 else f"{number(min(line.samples))} – {number(max(line.samples))}",
                "" if line.wanted is None else f"{'≥' if line.least else '<'} {number(line.wanted)}",
                line.verdict,
                line.beside,
            )
    return shown


def number(value: float) -> str:
    """Three digits that count, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
