"""An assessment as the JSON document of the contract: the same for the command line, the API and the page."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from math import isfinite
from typing import Any

from leeway.core.assess import Assessment
from leeway.core.stats import Interval
from leeway.core.window import Rolling


def as_json(slo: str, assessment: Assessment) -> dict[str, Any]:
    """Numbers as floats nearest to the exact ones; None where there is nothing to say."""
    objective, window, budget = assessment.objective, assessment.window, assessment.budget
    return {
        "slo": slo,
        "objective": objective.name,
        "method": objective.method.value,
        "target": float(objective.target),
        "as_of": rfc3339(assessment.as_of),
        "window": {
            "type": "rolling" if isinstance(objective.window, Rolling) else "calendar",
            "start": rfc3339(window.start),
            "end": rfc3339(window.end),
            "elapsed_ratio": float(assessment.elapsed_ratio),
        },
        "good": float(budget.good),
        "bad": float(budget.bad),
        "total": float(budget.total),
        "sli": number(budget.sli),
        "budget": {
            "unit": budget.unit,
            "allowed": float(budget.allowed),
            "consumed": float(budget.consumed),
            "remaining": float(budget.remaining),
            "consumed_ratio": number(budget.consumed_ratio),
            "remaining_ratio": number(budget.remaining_ratio),
        },
        "coverage": number(assessment.coverage),
        "interval": _interval(assessment.interval),
        "interval_adjusted": _interval(assessment.adjusted),
        "bounds": _bounds(assessment),
        "burn_rates": {name: number(rate) for name, rate in assessment.burn_rates.items()},
        "time_to_exhaustion_s": number(assessment.time_to_exhaustion_s),
        "state": assessment.health.value,
    }


@lru_cache(1_024)  # objectives share most of their times
def rfc3339(time: float) -> str:
    """UTC, to the second.

    >>> rfc3339(1767452280)
    '2026-01-03T14:58:00Z'
    """
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(exact: Fraction | None) -> float | None:
    """The nearest float, or None."""
    return None if exact is None else exact.numerator / exact.denominator  # as float() has it, in half of the time


def _bounds(assessment: Assessment) -> dict[str, Any] | None:
    """Low and high of what a threshold inside the buckets of histograms leaves in doubt; None where all is exact."""
    bounds, threshold = assessment.budget.bounds, assessment.objective.threshold
    if bounds is None or threshold is None:
        return None
    return {
        "sli": [float(each) for each in bounds.sli],
        "consumed_ratio": None if bounds.consumed_ratio is None else [float(each) for each in bounds.consumed_ratio],
        "threshold": threshold.value,
        "edges": None if assessment.edges is None else [_finite(edge) for edge in assessment.edges],
    }


def _finite(edge: float) -> float | None:
    return edge if isfinite(edge) else None


def _interval(interval: Interval | None) -> dict[str, float] | None:
    if interval is None:
        return None
    return {"low": interval.low, "high": interval.high, "confidence": interval.confidence}
