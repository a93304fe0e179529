"""What a total outage does to alert conditions: whether it can meet them at all, and after how long it does.

Everything fails from one moment on, after a whole window without failure and with even traffic. After t seconds the
burn rate over a span is min(t, span) / span / share, and t / (window × share) of the budget is spent, with `share`
the allowed share 1 − target. A burn condition is therefore met after long × burn × share; figures are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from leeway.core.alerting.policy import (
    Burn,
    Condition,
    Coverage,
    Drop,
    Exhaustion,
    Of,
    Policy,
    Remaining,
    Statable,
    Surprise,
)
from leeway.core.objective import Op

_TURNED = {Op.LT: Op.GT, Op.LTE: Op.GTE, Op.GT: Op.LT, Op.GTE: Op.LTE}


def outage_s(policy: Policy, window_s: int, share: Fraction) -> Fraction | None:
    """How long everything must fail until the policy fires; None: it never does, by an outage.

    >>> from leeway.core.alerting.policy import Severity
    >>> policy = Policy("fast", Severity.PAGE, ((Burn(Fraction(72, 5), 3_600, 300),),))
    >>> float(outage_s(policy, 30 * 86_400, Fraction(1, 1000)))
    51.84
    """
    times = (_group_s(group, window_s, share) for group in policy.groups)
    return min((time for time in times if time is not None), default=None)


def as_burn(condition: Burn | Exhaustion, window_s: int) -> Burn:
    """The same condition on burn rates: a whole budget is gone in `within_s` at a burn of window / `within_s`."""
    if isinstance(condition, Burn):
        return condition
    threshold = Fraction(window_s, condition.within_s)
    return Burn(threshold, condition.over_s, op=_TURNED[condition.op], lasts_s=condition.lasts_s)


def can_fire(condition: Condition, window_s: int, share: Fraction, *, counts_events: bool) -> bool:
    """False if not even a total outage can meet it, however the traffic is spread over the window."""
    match condition:
        case Burn(threshold=threshold, op=op):
            return not _rises(op) or _reaches(1 / share, op, threshold)
        case Remaining(share=least, op=op):
            return _rises(op) or _reaches(1 / share, _TURNED[op], 1 - least)
        case Exhaustion(of=Of.WHOLE):
            return can_fire(as_burn(condition, window_s), window_s, share, counts_events=counts_events)
        case Drop(share=drop, over_s=over_s, op=op):
            part = Fraction(1) if counts_events else min(Fraction(1), Fraction(over_s, window_s))
            return not _rises(op) or _reaches(part / share, op, drop)
        case Exhaustion() | Coverage() | Surprise():
            return True
    assert_never(condition)


@dataclass(frozen=True, slots=True)
class _Met:
    """Seconds of outage from which on, and until when, a condition is met; `start` None: it was met all along."""

    start: Fraction | None
    end: Fraction | None = None

    def lasting(self, lasts_s: int) -> Fraction:
        """When it has lasted so long."""
        return Fraction(0) if self.start is None else self.start + lasts_s


def _group_s(group: tuple[Condition, ...], window_s: int, share: Fraction) -> Fraction | None:
    if any(isinstance(one, Surprise) for one in group):
        return None  # it goes by single events, and how many there are is not known here
    found = [(one, _met(one, window_s, share)) for one in group if not isinstance(one, Surprise)]
    times = [(met, met.lasting(one.lasts_s)) for one, met in found if met is not None]
    if len(times) < len(group):
        return None
    at = max(time for _, time in times)
    return None if any(met.end is not None and met.end <= at for met, _ in times) else at


def _met(condition: Statable, window_s: int, share: Fraction) -> _Met | None:
    whole = window_s * share
    match condition:
        case Burn(threshold=threshold, op=op):
            if not _rises(op):
                return _Met(None, min(condition.spans_s) * threshold * share)
            if not _reaches(1 / share, op, threshold):
                return None
            always = threshold < 0 or (threshold == 0 and op is Op.GTE)
            return _Met(None if always else max(condition.spans_s) * threshold * share)
        case Remaining(share=least, op=op):
            spent_s = (1 - least) * whole
            if _rises(op):
                return _Met(None, spent_s)
            if least == 1 and op is Op.LTE:
                return _Met(None)
            return _Met(spent_s) if _reaches(1 / share, _TURNED[op], 1 - least) else None
        case Drop(share=drop, over_s=over_s, op=op):
            if not _rises(op):
                return _Met(None, drop * whole)
            return _Met(drop * whole) if _reaches(over_s / whole, op, drop) else None
        case Exhaustion(of=Of.WHOLE):
            return _met(as_burn(condition, window_s), window_s, share)
        case Exhaustion(op=op):
            time = _left_s(condition, whole)
            return _Met(None, time) if _rises(op) else _Met(time)
        case Coverage(op=op):
            return _Met(None) if _rises(op) else None
    assert_never(condition)


def _left_s(condition: Exhaustion, whole: Fraction) -> Fraction:
    """When what is left lasts for `within_s` at the pace of the span: (whole − t) × span / t until the span is full."""
    span, within = condition.over_s, condition.within_s
    time = whole * span / (within + span)
    return time if time <= span else max(Fraction(span), whole - within)


def _rises(op: Op) -> bool:
    return op in (Op.GT, Op.GTE)


def _reaches(most: Fraction, op: Op, threshold: Fraction) -> bool:
    return most > threshold or (most == threshold and op is Op.GTE)
