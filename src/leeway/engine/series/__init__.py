"""Budgets as Prometheus sees them: named series over time, and the part of its language that asks of them."""

from leeway.engine.series.evaluate import Unanswerable
from leeway.engine.series.language import Misasked, parse, selector
from leeway.engine.series.names import ALERT_LABELS, ALERT_UP, FAMILIES, OWN, Family
from leeway.engine.series.series import Series

__all__ = [
    "ALERT_LABELS",
    "ALERT_UP",
    "FAMILIES",
    "OWN",
    "Family",
    "Misasked",
    "Series",
    "Unanswerable",
    "parse",
    "selector",
]
