"""Objectives, sources and definitions as tables for a terminal; narrow ones leave out what can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leeway.cli.output import console
from leeway.client import figures
from leeway.client.documents import Revision, Status
from leeway.client.figures import MARKS

COLOURS = {"healthy": "green", "at_risk": "yellow", "exhausted": "red", "no_data": "dim"}
BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class _Column:
    """`least` is the width of a terminal from which on the column is shown."""

    name: str
    least: int
    cell: Callable[[Status], Text]
    right: bool = True


def _columns(now: datetime) -> tuple[_Column, ...]:
    return (
        _Column("state", 0, lambda one: state(one.state), right=False),
        _Column("target", 96, lambda one: Text(figures.percent(one.target))),
        _Column("SLI", 0, lambda one: Text(figures.sli(one))),
        _Column("95 % interval", 160, lambda one: Text(figures.interval(one), style="dim")),
        _Column("left", 0, lambda one: Text(figures.rough(one.budget.remaining_ratio), style=COLOURS[one.state])),
        _Column("of the budget", 110, _left, right=False),
        _Column("", 0, lambda one: bars(one.trace, 8), right=False),
        _Column("burn 1h", 0, lambda one: Text(figures.burn(one.burn_rates.get("1h")))),
        _Column("lasts", 0, lambda one: Text(figures.lasts(one).split(" ")[0])),
        _Column("data", 140, lambda one: _data(one, now), right=False),
    )


def show_statuses(statuses: Sequence[Status], now: datetime) -> None:
    """Services, their SLOs, and below how many stand where."""
    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("SLO", overflow="fold", min_width=14)
    columns = [one for one in _columns(now) if out.width >= one.least]
    for column in columns:
        table.add_column(column.name, justify="right" if column.right else "left", no_wrap=True)
    of_slo = Counter(one.slo for one in statuses)
    for service, rows in groupby(sorted(statuses, key=lambda one: one.service), lambda one: one.service):
        table.add_row(Text(service, style="bold dim"))
        for one in rows:
            name = Text(f"  {one.slo}")
            if of_slo[one.slo] > 1:
                name.append(f" / {one.objective}", style="dim")
            table.add_row(name, *(column.cell(one) for column in columns))
    out.print(table)
    _foot(out, statuses, all_shown=len(columns) == len(_columns(now)))


def state(name: str) -> Text:
    """Icon and word, in the state's colour."""
    mark = MARKS[name]
    return Text(f"{mark.icon} {mark.word}", style=COLOURS[name])


def bars(trace: Sequence[float | None], width: int = 12) -> Text:
    """The remaining budget over the window: · where nothing is known, a red ▁ below zero."""
    drawn = Text()
    for place in range(min(width, len(trace))):
        ratio = trace[(place + 1) * len(trace) // min(width, len(trace)) - 1]
        if ratio is None:
            drawn.append("·", style="dim")
        elif ratio < 0:
            drawn.append("▁", style="red")
        else:
            drawn.append(BARS[min(7, int(ratio * 8))], style="green")
    return drawn


def show_documents(revisions: Sequence[Revision], now: datetime) -> None:
    """What there is, by kind."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    table.add_column("kind", no_wrap=True)
    table.add_column("name", overflow="fold")
    table.add_column("revision", justify="right")
    table.add_column("changed", no_wrap=True)
    table.add_column("by", overflow="fold")
    for one in revisions:
        changed = "deleted " if one.body is None else ""
        table.add_row(one.kind, one.name, str(one.number), changed + figures.age(one.at, now), one.by)
    console().print(table)


def now_utc() -> datetime:
    """The machine's time, for ages."""
    from leeway.clock import SystemClock

    return datetime.fromtimestamp(SystemClock().now(), UTC)


def _left(one: Status) -> Text:
    return Text("" if one.state == "no_data" else figures.left(one, one.slice_s), style="dim")


def _data(one: Status, now: datetime) -> Text:
    if one.source.last_error:
        return Text(f"⚠ {one.source.source} fails", style="red")
    if one.data_until is None:
        return Text("no point yet", style="dim")
    notes = [f"{figures.covered(one.coverage)} covered", figures.age(one.data_until, now)]
    if figures.filled(one):
        notes[0] = figures.filled(one)
    return Text(", ".join(notes), style="dim")


def _foot(out: Console, statuses: Sequence[Status], *, all_shown: bool) -> None:
    out.print()
    said = Text()
    for name in figures.WORST:
        number = sum(one.state == name for one in statuses)
        if number:
            said.append(f"{number} ").append_text(state(name)).append("   ")
    out.print(said)
    troubled = next((one for one in statuses if one.source.last_error), None)
    if troubled is not None:
        out.print(Text(f"⚠ {troubled.slo}: {troubled.source.last_error}", style="red"))
    hint = "`leeway why SLO` shows how a number came about"
    out.print(Text(hint if all_shown else f"{hint}; a wider terminal shows more", style="dim"))
