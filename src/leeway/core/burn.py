"""How fast the budget burns, and when it will be gone at that speed."""

from __future__ import annotations

from fractions import Fraction

from leeway.core.budget import Budget
from leeway.core.objective import Objective
from leeway.core.tally import Tally, units
from leeway.core.window import Span

SPANS = {"5m": 300, "30m": 1_800, "1h": 3_600, "2h": 7_200, "6h": 21_600, "1d": 86_400, "3d": 259_200}
"""The spans shown beside every budget, in seconds."""

HOUR_S = SPANS["1h"]


def burn_rate(objective: Objective, tally: Tally, scale: int) -> Fraction | None:
    """Bad share of the span / allowed share. 1 empties the budget exactly at the window's end.

    None when nothing counts in the span: silence is not a burn of 0. Source: SRE Workbook, chapter 5.
    """
    if tally.total == 0:
        return None
    quanta, target = units(objective.method, scale), objective.target
    allowed = (
        target.denominator - target.numerator
    )  # of as many as its denominator: a fleet asks for thousands of these
    return Fraction(tally.bad * quanta.total * target.denominator, tally.total * quanta.bad * allowed)


def time_to_exhaustion_s(budget: Budget, window: Span, burn: Fraction | None) -> Fraction | None:
    """Seconds until nothing remains if the burn of the last hour goes on: the linear figure.

    0 when nothing remains already; None when nothing counted in the last hour, or nothing burns.
    """
    if burn is None:
        return None
    if budget.remaining <= 0:
        return Fraction(0)
    ratio = budget.remaining_ratio
    if burn == 0 or ratio is None:
        return None
    return ratio * window.length_s / burn
