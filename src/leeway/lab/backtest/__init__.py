"""Trying alert policies on the past, before they wake anybody."""

from leeway.lab.backtest.alerts import Alert, alerts_of
from leeway.lab.backtest.candidate import DEFINED, PRESENT, Candidate, candidate
from leeway.lab.backtest.compare import (
    Compared,
    Draft,
    Question,
    Tried,
    compare,
    documents,
    named_policy,
    slo_named,
    told_by_it,
)
from leeway.lab.backtest.incident import Incident
from leeway.lab.backtest.report import Report
from leeway.lab.backtest.run import Asked, run
from leeway.lab.backtest.score import Score, Truth, score
from leeway.lab.backtest.told import Told

__all__ = [
    "DEFINED",
    "PRESENT",
    "Alert",
    "Asked",
    "Candidate",
    "Compared",
    "Draft",
    "Incident",
    "Question",
    "Report",
    "Score",
    "Told",
    "Tried",
    "Truth",
    "alerts_of",
    "candidate",
    "compare",
    "documents",
    "named_policy",
    "run",
    "score",
    "slo_named",
    "told_by_it",
]
