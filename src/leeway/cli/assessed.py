"""Assessments for a terminal: a table where it fits, else a short paragraph for each objective."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leeway.cli.output import console
from leeway.core.assess import Assessment, Health
from leeway.core.stats import Interval
from leeway.engine.explain import amount, duration, percent
from leeway.engine.offline import Assessed

WIDE = 165
"""From this width on, all columns fit beside each other."""

STATES = {
    Health.HEALTHY: ("✓ healthy", "green"),
    Health.AT_RISK: ("! at risk", "yellow"),
    Health.EXHAUSTED: ("✗ exhausted", "red"),
    Health.NO_DATA: ("? no data", "dim"),
}


def show(assessed: Sequence[Assessed]) -> None:
    """What is left, how sure the SLI is, how fast it burns, and by which method each number was computed."""
    output = console()
    if output.width >= WIDE:
        _table(output, assessed)
        return
    for one in assessed:
        _paragraph(output, one)


def _table(output: Console, assessed: Sequence[Assessed]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("SLO", "objective", "state", "method"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in ("target", "SLI", "95 % sure", "remaining", "", "burn 1h", "exhausted in", "coverage"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in assessed:
        assessment = one.assessment
        table.add_row(
            one.slo,
            assessment.objective.name,
            _state(assessment),
            str(assessment.objective.method),
            percent(assessment.objective.target),
            percent(assessment.budget.sli),
            _interval(assessment.interval),
            percent(assessment.budget.remaining_ratio, 4),
            _left(assessment),
            _burn(assessment),
            duration(assessment.time_to_exhaustion_s),
            percent(assessment.coverage, 3),
        )
    output.print(table)


def _paragraph(output: Console, one: Assessed) -> None:
    assessment = one.assessment
    head = Text.assemble((f"{one.slo} / {assessment.objective.name}", "bold"), "  ", _state(assessment))
    output.print(head.append(f"  {assessment.objective.method}", style="dim"))
    wanted = percent(assessment.objective.target)
    output.print(
        f"  SLI {percent(assessment.budget.sli)}, wanted {wanted}; 95 % sure: {_interval(assessment.interval)}"
    )
    output.print(f"  left {percent(assessment.budget.remaining_ratio, 4)}: {_left(assessment)}")
    gone = duration(assessment.time_to_exhaustion_s)
    coverage = percent(assessment.coverage, 3)
    output.print(f"  burn 1h {_burn(assessment)}, exhausted in {gone}, coverage {coverage}\n")


def _state(assessment: Assessment) -> Text:
    word, colour = STATES[assessment.health]
    return Text(word, style=colour)


def _interval(interval: Interval | None) -> str:
    return "—" if interval is None else f"{interval.low * 100:.3f} % … {interval.high * 100:.3f} %"


def _left(assessment: Assessment) -> str:
    budget = assessment.budget
    return f"{amount(budget.remaining)} of {amount(budget.allowed)} {budget.unit}"


def _burn(assessment: Assessment) -> str:
    hour = assessment.burn_rates["1h"]
    return "—" if hour is None else f"{float(hour):.3g}×"
