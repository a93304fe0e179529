"""Suggestions for people around a table: what was, what each target would have meant, what to ask."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leeway.cli.output import console
from leeway.core.objective import Op
from leeway.lab.suggest import Choice, Suggestion
from leeway.spec.quantity import count, percent, span

WIDE = 110
"""From this width on the table says why each target stands in it."""

QUESTIONS = (
    "Which of the worst days did users notice, and what did they do then?",
    "From how many failures in a window on would they leave, or call? Is that looser or stricter than the draft?",
    "Who gets up at night for the pages of the table, and would that have helped anybody?",
)


def show(found: Sequence[Suggestion]) -> None:
    """Every series, one after the other; the questions once."""
    out = console()
    for one in found:
        _head(out, one)
        if one.chosen is not None:
            _distribution(out, one)
            _thresholds(out, one.choices, one)
            _candidates(out, one)
        _list(out, "!", one.caveats[:-1], "yellow")
        out.print()
    if any(one.chosen is not None for one in found):
        out.print("A target from present performance is a draft. Ask your users:", style="bold")
        _list(out, "?", QUESTIONS)


def _list(out: Console, mark: str, sentences: Sequence[str], style: str = "") -> None:
    table = Table.grid(padding=(0, 1, 0, 0))
    for sentence in sentences:
        table.add_row(Text(f"  {mark}"), sentence, style=style)
    out.print(table)


def _head(out: Console, one: Suggestion) -> None:
    name = " / ".join(filter(None, one.owner))
    draft = "no target" if one.chosen is None else f"draft target {percent(one.chosen.target)}"
    limit = (
        f", a value is good if it is {_limit(one.limit.threshold.op, one.limit.threshold.value)}" if one.limit else ""
    )
    out.print(Text.assemble((name, "bold"), "  ", (draft, "bold green"), f" over {one.asked.window.words}{limit}"))


def _distribution(out: Console, one: Suggestion) -> None:
    past = one.history
    out.print(
        f"  from {past.days:,.4g} days, {past.events:,.0f} events, rows of {span(past.series.step_s)}; "
        f"{count(past.independent, 'independent window')}",
        style="dim",
    )
    out.print(f"  overall {_share(past.overall)}")
    for name, windows in (("rolling", past.rolling), ("resampled", past.resampled)):
        if len(windows):
            worst, low, middle = (_share(windows.quantile(share)) for share in (0, 0.05, 0.5))
            out.print(f"  {count(len(windows), f'{name} window')}: worst {worst}, worst in 20 {low}, middle {middle}")


def _candidates(out: Console, one: Suggestion) -> None:
    wide = out.width >= WIDE
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("  target", no_wrap=True)
    for name in ("rolling missed", "chance to miss", "budget used", "worst in 20", "pages", "tickets"):
        table.add_column(name, justify="right")
    if wide:
        table.add_column("may fail", justify="right")
        table.add_column("why", overflow="fold")
    for each in one.candidates:
        more = (f"{each.allowed:,.{0 if each.allowed >= 10 else 1}f}", ", ".join(each.because)) if wide else ()
        table.add_row(
            Text(f"{'→' if each is one.chosen else ' '} {percent(each.target)}"),
            f"{each.missed:,} of {each.rolling:,}",
            f"{each.missed_share * 100:.1f} %",
            f"{each.consumed * 100:.0f} %",
            f"{each.consumed_p95 * 100:.0f} %",
            _number(each.woken.pages),
            _number(each.woken.tickets),
            *more,
            style="bold" if each is one.chosen else "",
        )
    out.print()
    out.print(table)
    out.print()


def _thresholds(out: Console, choices: Sequence[Choice], one: Suggestion) -> None:
    if len(choices) < 2:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("  good is", no_wrap=True)
    for name in ("were good", "target"):
        table.add_column(name, justify="right")
    for each in choices:
        mark = "→" if each.limit is one.limit else " "
        threshold = each.limit.threshold
        target = "none" if each.target is None else percent(each.target)
        table.add_row(Text(f"{mark} {_limit(threshold.op, threshold.value)}"), _share(each.overall), target)
    out.print()
    out.print(table)


def _limit(op: Op, value: float) -> str:
    return f"{'at most' if op is Op.LTE else 'at least'} {value:g}"


def _share(share: float | None) -> str:
    return "unknown" if share is None else percent(Fraction(share), 5)


def _number(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"
