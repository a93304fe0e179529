"""The SLO that a target makes of a series, as a document: what is tried on the past, and what is handed over."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from leeway.core.objective import Threshold
from leeway.formats.points import Owner
from leeway.spec.documents import (
    SLI,
    SLO,
    BudgetingMethod,
    Metadata,
    Metric,
    Objective,
    Plain,
    Ratio,
    RawValue,
    TimeWindow,
)
from leeway.spec.duration import Duration

LONGEST_NAME = 63
PUSHED = "json_push"


def draft(owner: Owner, target: Fraction, window: Duration, threshold: Threshold | None) -> SLO:
    """Of the series' own name, whatever OpenSLO may say of that; good of total, or values within the threshold."""
    objective = Objective(
        Decimal(target.numerator) / Decimal(target.denominator),
        display_name=owner.objective or "main",
        op=threshold.op if threshold else None,
        value=Decimal(repr(threshold.value)) if threshold else None,
    )
    metric = Ratio(_pushed("total"), good=_pushed("good")) if threshold is None else RawValue(_pushed("value"))
    sli = SLI(Metadata(f"{owner.slo[: LONGEST_NAME - 4]}-sli"), metric)
    return SLO(
        Metadata(owner.slo), owner.slo, TimeWindow(window), BudgetingMethod.OCCURRENCES, (objective,), indicator=sli
    )


def _pushed(key: str) -> Metric:
    """Points are pushed until somebody names a source."""
    spec: dict[str, Plain] = {"key": key}
    return Metric(spec, type=PUSHED)
