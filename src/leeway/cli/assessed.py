"""Assessments for a terminal: a table where it fits, else a short paragraph for each objective."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leeway.cli.output import console
from leeway.cli.tables import state
from leeway.client import certain, figures
from leeway.client.documents import Assessment

WIDE = 180
"""From this width on, all columns fit beside each other."""


def show(assessments: Sequence[Assessment]) -> None:
    """What is left, how sure the SLI is, how fast it burns, and by which method each number was computed."""
    out = console()
    if out.width >= WIDE:
        _table(out, assessments)
        return
    for one in assessments:
        _paragraph(out, one)


def _table(out: Console, assessments: Sequence[Assessment]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("SLO", "objective", "state", "method", "window"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in ("target", "SLI", "95 % sure", "left", "", "burn 1h", "lasts", "coverage"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in assessments:
        table.add_row(
            one.slo,
            one.objective,
            state(one.state),
            one.method,
            figures.window(one),
            figures.percent(one.target),
            figures.sli(one),
            figures.interval(one),
            figures.rough(one.budget.remaining_ratio),
            _left(one),
            figures.burn(one.burn_rates.get("1h")),
            figures.lasts(one),
            figures.covered(one.coverage),
        )
    out.print(table)
    for told in dict.fromkeys(filter(None, map(certain.doubt, assessments))):
        out.print(told)
    for moment in sorted({figures.clock(one.as_of) for one in assessments}):
        out.print(Text(f"as of {moment}", style="dim"))


def _paragraph(out: Console, one: Assessment) -> None:
    head = Text.assemble((f"{one.slo} / {one.objective}", "bold"), "  ", state(one.state))
    out.print(head.append(f"  {one.method}, {figures.window(one)}, as of {figures.clock(one.as_of)}", style="dim"))
    out.print(f"  SLI {figures.sli(one)}, wanted {figures.percent(one.target)}")
    if told := certain.doubt(one):
        out.print(f"  {told}")
    out.print(f"  95 % sure: {figures.interval(one)}; coverage {figures.covered(one.coverage)}")
    out.print(f"  left {figures.rough(one.budget.remaining_ratio)}: {_left(one)}")
    out.print(f"  burn 1h {figures.burn(one.burn_rates.get('1h'))}, lasts {figures.lasts(one)}\n")


def _left(one: Assessment) -> str:
    return f"{figures.amount(one.budget.remaining)} of {figures.amount(one.budget.allowed)} {one.budget.unit}"
