"""An explanation on paper: each step of the computation on a line, then what is not known, then the sources."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leeway.cli.output import console, wrapped
from leeway.cli.tables import bars, state
from leeway.client import certain, figures
from leeway.client.documents import Reading, Why
from leeway.client.foretelling import sentences
from leeway.client.telling import sentence

WIDTH = 110
SPANS = 3
"""Spans without data that are named; the page and -o json have more."""


def show(why: Why, now: datetime) -> None:
    """All of it, for a person who follows it line by line."""
    out, one = console(), why.status
    out.width = min(out.width, WIDTH)
    title = Text.assemble(
        (one.slo, "bold"),
        ("" if one.objective.isdigit() else f" / {one.objective}", "dim"),
        f"  of the service {one.service}   ",
    )
    out.print(title.append_text(state(one.state)))
    out.print(sentence(one))
    if one.description:
        out.print(Text(one.description, style="italic"))
    if one.trace:
        drawn = bars(one.trace, min(60, len(one.trace)))
        out.print(Text.assemble("\nbudget left  ", drawn, ("\n             · nothing known, red: overspent", "dim")))
    _heading(out, "How it was computed")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", max_width=44)
    table.add_column(overflow="fold")
    for line in why.lines:
        table.add_row(Text(line.what), Text(line.figure, style="bold"), Text(line.reason, style="dim"))
    out.print(table)
    _heading(out, "How sure it is")
    for told in certain.sentences(why):
        _say(out, told)
    _heading(out, "Forecast")
    for told in sentences(why.forecast):
        _say(out, told)
    _unknown(out, why)
    _source(out, why, now)


def _unknown(out: Console, why: Why) -> None:
    _heading(out, "What is not known")
    counts = {count.state: count for count in why.slices}
    total = sum(count.slices for count in why.slices)
    unknown = counts["unknown"].slices if "unknown" in counts else 0
    filled = sum(count.filled for count in why.slices)
    good, bad = (counts[name].slices if name in counts else 0 for name in ("good", "bad"))
    if why.status.method == "Occurrences":
        told = f"{figures.amount(good + bad)} of {figures.amount(total)} minutes have events; some went bad in "
        told += f"{figures.amount(bad)} of them."
    else:
        told = f"{figures.amount(unknown)} of {figures.amount(total)} slices are unknown; "
        told += f"{figures.amount(good)} are good, {figures.amount(bad)} bad."
    if filled:
        told += f" The no-data policy decided {figures.amount(filled)} of them."
    _say(out, told)
    for span in why.unknown_spans[:SPANS]:
        length = figures.duration((span.end - span.start).total_seconds())
        _say(out, f"no data from {figures.clock(span.start)} for {length}")
    if len(why.unknown_spans) > SPANS:
        _say(out, f"and {len(why.unknown_spans) - SPANS} more spans")


def _source(out: Console, why: Why, now: datetime) -> None:
    source = why.status.source
    _heading(out, "Where the data comes from")
    if source.pulled:
        when = f"{figures.duration(source.delay_s)} after each minute" if source.delay_s else "after each minute"
        answered = "has not answered yet"
        if source.last_success is not None:
            answered = f"answered last {figures.age(source.last_success, now)}"
        _say(out, f"{source.source} is asked {when}; it {answered}.")
    else:
        newest = "none yet" if why.status.data_until is None else figures.age(why.status.data_until, now)
        _say(out, f"Points are pushed; the newest: {newest}.")
    if source.last_error:
        told = Text(f"The last attempt failed ({source.failures} in a row): {source.last_error}", style="red")
        out.print(Padding(told, (0, 0, 0, 2)))
    for reading in why.readings[:1]:
        _reading(out, reading, now)


def _reading(out: Console, one: Reading, now: datetime) -> None:
    by = "counted by Leeway from raw samples" if one.computed_by == "leeway" else "computed by the source, as written"
    _say(out, f"The last reading, {figures.age(one.fetched_at, now)}, {by}:")
    for line in one.query.splitlines():
        out.print(Padding(Text(line, style="cyan"), (0, 0, 0, 4)))
    _say(
        out,
        f"{figures.clock(one.span.start)} to {figures.clock(one.span.end)} in steps of {figures.duration(one.step_s)}: "
        f"{figures.amount(one.samples)} samples became {figures.amount(one.rows)} "
        f"{'point' if one.rows == 1 else 'points'}.",
    )
    for note in one.notes:
        _say(out, note)
    out.print(Padding(Text(f"SHA-256 of the answer {one.digest}", style="dim"), (0, 0, 0, 2)))


def _heading(out: Console, text: str) -> None:
    out.print()
    out.print(Text(text, style="bold cyan"))


def _say(out: Console, text: str) -> None:
    for line in wrapped(text, "  ", "  ", out.width):
        out.print(Text(line))
