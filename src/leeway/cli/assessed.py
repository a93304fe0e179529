"""Assessments as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from leeway.cli.output import console
from leeway.core.assess import Assessment, Health
from leeway.engine.explain import amount, duration, percent
from leeway.engine.offline import Assessed

STATES = {
    Health.HEALTHY: ("✓ healthy", "green"),
    Health.AT_RISK: ("! at risk", "yellow"),
    Health.EXHAUSTED: ("✗ exhausted", "red"),
    Health.NO_DATA: ("? no data", "dim"),
}


def show(assessed: Sequence[Assessed]) -> None:
    """One row per objective: what is left, how sure the SLI is, and how fast it burns."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("SLO", "objective", "state"):
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in ("target", "SLI", "95 % interval", "remaining", "", "burn 1h", "exhausted in", "coverage"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in assessed:
        table.add_row(one.slo, one.assessment.objective.name, *_cells(one.assessment))
    output = console()
    output.print(table)
    for line in sorted({f"{one.assessment.objective.method}" for one in assessed}):
        output.print(Text(f"method: {line}", style="dim"))


def _cells(assessment: Assessment) -> list[Text | str]:
    budget, interval = assessment.budget, assessment.interval
    word, colour = STATES[assessment.health]
    hour = assessment.burn_rates["1h"]
    return [
        Text(word, style=colour),
        percent(assessment.objective.target),
        percent(budget.sli),
        "—" if interval is None else f"{interval.low:.4%} … {interval.high:.4%}".replace("%", " %"),
        percent(budget.remaining_ratio),
        f"{amount(budget.remaining)} of {amount(budget.allowed)} {budget.unit}",
        "—" if hour is None else f"{float(hour):.3g}×",
        duration(assessment.time_to_exhaustion_s),
        percent(assessment.coverage),
    ]
