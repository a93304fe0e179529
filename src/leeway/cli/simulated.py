"""A simulation for a terminal: candidates side by side."""

from __future__ import annotations

from fractions import Fraction

from rich.table import Table
from rich.text import Text

from leeway.cli.output import console, wrapped
from leeway.lab.simulate import Answer, Failure, Frequency, Subject, World
from leeway.spec.quantity import count, percent, span


def show(world: World, subject: Subject, answer: Answer) -> None:
    """Whose traffic it is, then every candidate."""
    out = console()
    objective, summaries = subject.objective, answer.summaries
    title = Text(subject.slo.metadata.name, style="bold")
    title.append(f"  {percent(objective.target)} over {span(objective.window.longest_s)}, {objective.method.value}")
    out.print(title)
    events = f"{_rate(world.per_hour)} events an hour, {percent(Fraction(world.share), 3)} of them bad; {world.words}"
    for line in wrapped(events, "  ", "  "):
        out.print(Text(line, style="dim"))
    out.print()
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("")
    for one in summaries:
        table.add_column(Text(one.candidate), justify="right", no_wrap=True)
    table.add_row("pages in 30 days", *(_frequency(one.pages) for one in summaries))
    table.add_row(f"{span(answer.days * 86_400)} without a page", *(_share(one.pages.none) for one in summaries))
    table.add_row("tickets in 30 days", *(_frequency(one.tickets) for one in summaries))
    for place, failure in enumerate(summaries[0].failures):
        each = [one.failures[place] for one in summaries]
        what = "all of it fails" if failure.part == 1 else f"{percent(Fraction(failure.part), 3)} of it fails"
        table.add_row()
        table.add_row(f"{what}: a page after", *(_wait(one) for one in each))
        table.add_row("  paged within a day", *(_share(one.paged_runs / one.runs) for one in each))
        table.add_row("  or a ticket", *(_share(one.told_runs / one.runs) for one in each))
    out.print(table)
    out.print()
    said = (
        f"{count(len(answer.runs), 'month')} of {span(answer.days * 86_400)}, each after four weeks to learn from; in "
        "brackets what it may be, with 95\u00a0% confidence. Waits are the middle one and, behind the dash, what 9 in "
        "10 stay below."
    )
    for line in wrapped(said, "", ""):
        out.print(Text(line, style="dim"))


def _rate(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _frequency(one: Frequency) -> str:
    return f"{_few(one.mean)} ({_few(one.low)} to {_few(one.high)})"


def _few(number: float) -> str:
    """With two digits that matter, and never in powers of ten."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}" if number >= 0.001 else "0"


def _share(share: float) -> str:
    return percent(Fraction(share), 3)


def _wait(one: Failure) -> str:
    if one.page_median_s is None:
        return "rarely within a day"
    most = "over a day" if one.page_p90_s is None else span(round(one.page_p90_s))
    return f"{span(round(one.page_median_s))} – {most}"
