"""Objectives as a table that leaves: numbers as they are, and names that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping

from leeway.client.documents import Status
from leeway.client.figures import moment
from leeway.spec.cells import as_cell

COLUMNS: Mapping[str, Callable[[Status], object]] = {
    "service": lambda one: as_cell(one.service),
    "slo": lambda one: as_cell(one.slo),
    "objective": lambda one: as_cell(one.objective),
    "state": lambda one: one.state,
    "target": lambda one: one.target,
    "method": lambda one: one.method,
    "window_start": lambda one: moment(one.window.start),
    "as_of": lambda one: moment(one.as_of),
    "sli": lambda one: one.sli,
    "sli_low": lambda one: getattr(one.interval_adjusted or one.interval, "low", None),
    "sli_high": lambda one: getattr(one.interval_adjusted or one.interval, "high", None),
    "unit": lambda one: one.budget.unit,
    "allowed": lambda one: one.budget.allowed,
    "remaining": lambda one: one.budget.remaining,
    "remaining_ratio": lambda one: one.budget.remaining_ratio,
    "burn_1h": lambda one: one.burn_rates["1h"],
    "burn_6h": lambda one: one.burn_rates["6h"],
    "burn_3d": lambda one: one.burn_rates["3d"],
    "time_to_exhaustion_s": lambda one: one.time_to_exhaustion_s,
    "coverage": lambda one: one.coverage,
    "data_until": lambda one: moment(one.data_until) if one.data_until else None,
    "source_error": lambda one: as_cell(one.source.last_error),
    "owner": lambda one: as_cell(one.owner),
    "reviewed": lambda one: as_cell(one.reviewed),
    "labels": lambda one: as_cell(" ".join(one.labels)),
}


def sheet(statuses: Iterable[Status]) -> str:
    """CSV with a row for each; what is not known is empty."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(COLUMNS)
    write.writerows([cell(one) for cell in COLUMNS.values()] for one in statuses)
    return out.getvalue()
