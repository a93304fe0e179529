"""Whom a target would have woken: the default alert policies over a series' whole past, as a backtest tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leeway.core.alerting import presets
from leeway.core.alerting.conditions import SEEN
from leeway.core.alerting.policy import Burn, Severity
from leeway.core.objective import DAY_S, Objective
from leeway.lab.backtest import run
from leeway.lab.suggest.series import Series
from leeway.spec.documents import SLO
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo


@dataclass(frozen=True, slots=True)
class Woken:
    """Pages and tickets that would have been sent; None where the rows are too coarse, or too few, to tell."""

    pages: int | None
    tickets: int | None


def woken(series: Series, slo: SLO) -> Woken:
    """What `leeway backtest` counts for an SLO of the series' name; None for alerts whose spans are shorter than a row.

    No pair of the default set may page at all, where not even a total outage burns so fast: those are no pages, and
    known.
    """
    if not tellable(series):
        return Woken(None, None)
    plan = compile_slo(slo)
    report = run([plan], Library.of([slo]), series.table, step_s=series.step_s)
    sent = [one.severity for one in report.told if one.suppressed_by is None]
    return counted(series, plan.items[0].objective, sent)


def tellable(series: Series) -> bool:
    """Whether its rows are fine and many enough to tell any alert."""
    return series.step_s < DAY_S and series.covered >= SEEN


def counted(series: Series, objective: Objective, sent: Sequence[Severity]) -> Woken:
    """How many were sent by the default policies of the objective, as far as its rows can tell."""
    default = presets.default(objective.window.longest_s, objective.allowed_share)

    def number(severity: Severity) -> int | None:
        conditions = [
            one for policy in default if policy.severity is severity for group in policy.groups for one in group
        ]
        pairs = [one for one in conditions if isinstance(one, Burn)]
        seen = any(min(one.spans_s) >= series.step_s for one in pairs)
        return sent.count(severity) if seen or not pairs else None

    return Woken(number(Severity.PAGE), number(Severity.TICKET))
