"""A backtest for a terminal: alerts one by one, or candidates side by side."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leeway.cli.output import console, wrapped
from leeway.engine.report import rfc3339
from leeway.lab.backtest import DEFINED, Report, Score, Told
from leeway.lab.backtest.measures import in_short, measures
from leeway.spec.quantity import count, span

COLOURS = {"page": "bold red", "ticket": "yellow"}
EXPLAINED = {"incidents paged", "false pages"}
"""Names that do not say by themselves what is meant."""
SHOWN = 20
"""Objectives that are shown one by one before the rest are counted."""


def show(report: Report) -> None:
    """Every alert in the order of firing, then the sum; of several candidates how they did instead."""
    out = console()
    compared = len(report.candidates) > 1
    if not compared:
        for one in report.told:
            out.print(_head(one))
            out.print(Text(f"    {one.condition}: {'; '.join(one.reasons)}", style="dim"))
        out.print(Text(_sum(report)))
    if report.judged and (compared or report.truth.marked):
        _compare(out, report)


def _compare(out: Console, report: Report) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("")
    for name in report.candidates:
        table.add_column(Text(name), justify="right", no_wrap=True)
    lines = measures(marked=report.truth.marked)
    for line in lines:
        table.add_row(line.name, *(line.figure(score) for score in report.totals))
    out.print(table)
    out.print()
    _by_objective(out, report)
    for line in lines:
        if line.name in EXPLAINED:
            for text in wrapped(f"{line.name}: {line.meaning}", "  ", "    "):
                out.print(Text(text, style="dim"))
    if len(report.candidates) > 1:
        out.print(Text(_ground(report)))


def _by_objective(out: Console, report: Report) -> None:
    """Where the candidates differ, the widest difference first."""
    of = [(owner, list(scores)) for owner, scores in groupby(report.scores, lambda one: (one.slo, one.objective))]
    differ = [each for each in of if len({in_short(score) for score in each[1]}) > 1]
    if len(of) == 1 or not differ:
        return
    differ.sort(key=lambda each: _apart(each[1]), reverse=True)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("where they differ", overflow="fold", min_width=14)
    for name in report.candidates:
        table.add_column(Text(name), overflow="fold")
    for (slo, objective), scores in differ[:SHOWN]:
        table.add_row(Text(f"{slo} / {objective}"), *(in_short(score) for score in scores))
    out.print(table)
    if len(differ) > SHOWN:
        out.print(Text(f"and {count(len(differ) - SHOWN, 'objective')} more; all of them: -o html or -o json"))
    out.print()


def _apart(scores: list[Score]) -> int:
    pages = [score.pages for score in scores]
    missed = [score.missed for score in scores]
    return max(pages) - min(pages) + 10 * (max(missed) - min(missed))


def _head(one: Told) -> Text:
    word = one.severity.value
    head = Text(f"{rfc3339(one.fired_at)}  ")
    if one.suppressed_by is None:
        head.append(f"{word:9}", style=COLOURS[word])
    else:
        head.append(f"no {word:6}", style="dim")
    head.append(f"  {one.slo} / {one.objective}", style="bold").append(f"  {one.policy}, ")
    head.append("still firing" if one.resolved_at is None else span(one.resolved_at - one.fired_at))
    if one.consumed_ratio is not None:
        head.append(f", {one.consumed_ratio * 100:.3g} % of the budget gone")
    return head


def _sum(report: Report) -> str:
    if report.start is None:
        return "No objective has data."
    own = list(report.told_by(DEFINED))
    sent = Counter(one.severity.value for one in own if one.is_sent)
    kept = sum(one.suppressed_by is not None for one in own)
    said = f"{count(sent['page'], 'page')} and {count(sent['ticket'], 'ticket')} in "
    return said + _ground(report).removesuffix(".") + (f"; {kept:,} more not sent" if kept else "") + "."


def _ground(report: Report) -> str:
    start, end = report.start or 0, report.end or 0
    return f"{span(end - start)}, {count(len(report.judged), 'objective')}."
