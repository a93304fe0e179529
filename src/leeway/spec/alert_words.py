"""Alert conditions as people say them, and what each saw when it fired."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from leeway.core.alerting.policy import Burn, Condition, Coverage, Drop, Exhaustion, Of, Remaining, Surprise
from leeway.core.objective import Op
from leeway.spec.quantity import percent, span

_AMOUNT = {Op.GT: "more than", Op.GTE: "at least", Op.LT: "less than", Op.LTE: "at most"}
RELATION = {Op.GT: "above", Op.GTE: "at least", Op.LT: "below", Op.LTE: "at most"}


def group_words(group: tuple[Condition, ...]) -> str:
    """All conditions of a group."""
    return " and ".join(words(one) for one in group)


def groups_words(groups: tuple[tuple[Condition, ...], ...]) -> str:
    """All groups of a policy.

    >>> groups_words(((Remaining(Fraction(1, 5)),), (Burn(Fraction(2), 3_600),)))
    'budget left below 20 %, or if burn rate above 2 over 1 hour'
    """
    return ", or if ".join(group_words(one) for one in groups)


def words(condition: Condition) -> str:
    """One condition, in full.

    >>> words(Burn(Fraction(72, 5), 3_600, 300))
    'burn rate above 14.4 over 1 hour and over 5 minutes'
    """
    lasting = f" for {span(condition.lasts_s)}" if condition.lasts_s else ""
    return _words(condition) + lasting


def _words(condition: Condition) -> str:
    relation = RELATION[condition.op]
    match condition:
        case Burn(threshold=threshold):
            over = " and ".join(f"over {span(one)}" for one in condition.spans_s)
            return f"burn rate {relation} {figure(threshold)} {over}"
        case Remaining(share=share):
            return f"budget left {relation} {percent(share)}"
        case Exhaustion(within_s=within_s, over_s=over_s, of=of):
            budget = "what is left of the budget" if of is Of.LEFT else "a whole budget"
            return f"{budget} is gone in {_AMOUNT[condition.op]} {span(within_s)} at the pace of {span(over_s)}"
        case Drop(share=share, over_s=over_s):
            return f"{relation} {percent(share)} of the budget spent in {span(over_s)}"
        case Coverage(share=share, over_s=over_s):
            return (
                f"no data over {span(over_s)}"
                if share == 0
                else f"coverage {relation} {percent(share)} over {span(over_s)}"
            )
        case Surprise(over_s=over_s):
            return f"more bad events within {span(over_s)} than chance explains, minute by minute"
    assert_never(condition)


def figure(number: Fraction | float) -> str:
    """A burn rate with as many digits as a person reads.

    >>> figure(Fraction(72, 5)), figure(1000 / 3), figure(Fraction(14, 15))
    ('14.4', '333', '0.933')
    """
    return f"{float(number):.3g}" if number < 1_000 else f"{float(number):,.0f}"
