"""Alerts of a backtest for a terminal, and a count of what was kept from people."""

from __future__ import annotations

from collections import Counter

from rich.text import Text

from leeway.cli.output import console
from leeway.engine.report import rfc3339
from leeway.lab import Report, Told
from leeway.spec.quantity import count, span

COLOURS = {"page": "bold red", "ticket": "yellow"}


def show(report: Report) -> None:
    """Every alert in the order of firing, then the sum."""
    out = console()
    for one in report.told:
        out.print(_head(one))
        out.print(Text(f"    {one.condition}: {'; '.join(one.reasons)}", style="dim"))
    out.print(Text(_sum(report)))


def _head(one: Told) -> Text:
    alert, episode = one.alert, one.alert.episode
    word = alert.severity.value
    head = Text(f"{rfc3339(episode.fired_at)}  ")
    if alert.suppressed_by is None:
        head.append(f"{word:9}", style=COLOURS[word])
    else:
        head.append(f"no {word:6}", style="dim")
    head.append(f"  {one.slo} / {one.objective}", style="bold").append(f"  {episode.policy.name}, ")
    head.append("still firing" if episode.resolved_at is None else span(episode.resolved_at - episode.fired_at))
    if one.consumed_ratio is not None:
        head.append(f", {one.consumed_ratio * 100:.3g} % of the budget gone")
    return head


def _sum(report: Report) -> str:
    if report.start is None or report.end is None:
        return "No objective has data."
    sent = Counter(one.alert.severity.value for one in report.told if one.alert.suppressed_by is None)
    kept = sum(one.alert.suppressed_by is not None for one in report.told)
    said = f"{count(sent['page'], 'page')} and {count(sent['ticket'], 'ticket')} in {span(report.end - report.start)}"
    return f"{said}, {count(report.judged, 'objective')}" + (f"; {kept:,} more not sent" if kept else "") + "."
