"""Whether conditions are met, for many objectives at once or for one at many moments: the tick and the backtest.

What a condition looks at comes from `Sums`, whoever holds them: a ledger for the fleet now, a track for one
objective's past. Where a span knows too little (see `SEEN`) a condition on burn is not met, nor is it refuted: the
answer says both, and what was not seen is told to the owner of the platform instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, assert_never

import numpy as np

from leeway.core.alerting.policy import (
    Burn,
    Condition,
    Coverage,
    Drop,
    Exhaustion,
    Of,
    Policy,
    Remaining,
    Severity,
    Surprise,
)
from leeway.core.alerting.ratio import Flags, Ratio, stands
from leeway.core.objective import Op
from leeway.core.points import Ints
from leeway.core.sparse.guard import Told

SEEN = Fraction(1, 2)
"""The share of a span's steps that must have a row, since the series' birth, before the span is believed."""


class Sums(Protocol):
    """Judged and sealed sums of objectives that are alike in method, target and window, all arrays of one shape."""

    def burn(self, span_s: int) -> Ratio:
        """Burn rate over the span that ends now; see core.burn."""

    def one_bad(self, span_s: int) -> Ratio:
        """The burn rate if one event of the span were bad; 0 for methods that count slices."""

    def spent(self, span_s: int | None) -> Ratio:
        """Share of the window's allowed budget that the span spent; None: the whole window so far."""

    def seen(self, span_s: int) -> Ratio:
        """Share of the span's steps since birth that have a row; the whole is 0 before the birth."""

    def beyond_chance(self, span_s: int, where: Flags) -> Flags:
        """Where so many bad events in the span are more than chance; asked `where`, true wherever there is no guard."""

    def told(self, condition: Burn, place: int) -> Told | None:
        """What the guard says of a burn at one place; None where there is none."""

    def surprised(self, span_s: int) -> Flags:
        """Where the detector has alarmed within the span; nowhere that it does not serve."""

    @property
    def window_s(self) -> Ints:
        """How long the window that holds each moment is."""

    @property
    def young(self) -> Ratio | None:
        """Bad events that a calendar window allows for what it has seen so far; None where that does not grow."""


@dataclass(frozen=True, slots=True)
class Met:
    """`met` where the condition holds; `blind` where it would, or might, but its spans are not seen well enough.

    `doubted` where its figures stand and are not believed: too little of the spans is seen, it is too early, or chance
    alone may have done it.
    """

    met: Flags
    blind: Flags
    doubted: Flags


def condition_met(condition: Condition, sums: Sums, policy: Policy) -> Met:
    """Where one condition of a policy is met now; how long it must last is the life's matter, not told here.

    Too early to page: in a calendar window with fewer events than 1 / (burn × allowed share), where one bad event alone
    would burn as fast. Too little traffic to page: where a guard stands and so many bad events may be chance.
    """
    match condition:
        case Burn(threshold=threshold, op=op):
            rates = [sums.burn(span).stands(op, threshold) for span in condition.spans_s]
            found = _if_seen(np.logical_and.reduce(rates), condition.spans_s, sums)
            if policy.guarded and condition.short_s is not None:
                found = replace(found, blind=found.blind | _quiet(condition, condition.short_s, rates, sums))
            if policy.severity is Severity.PAGE and sums.young is not None and threshold > 0:
                found = _if(sums.young.stands(Op.GTE, 1 / threshold), found)
            if policy.guards(condition) and found.met.any():
                found = _if(sums.beyond_chance(condition.long_s, found.met), found)
            return found
        case Remaining(share=share, op=op):
            flags = sums.spent(None).stands(_OTHER_SIDE[op], 1 - share)
            return Met(flags, np.zeros_like(flags), np.zeros_like(flags))
        case Drop(share=share, over_s=over_s, op=op):
            return _if_seen(sums.spent(over_s).stands(op, share), (over_s,), sums)
        case Exhaustion(over_s=over_s):
            return _if_seen(_exhausts(condition, sums), (over_s,), sums)
        case Coverage(share=share, over_s=over_s, op=op):
            flags = sums.seen(over_s).stands(op, share)
            return Met(flags, np.zeros_like(flags), np.zeros_like(flags))
        case Surprise(over_s=over_s):
            return _if_seen(sums.surprised(over_s), (over_s,), sums)
    assert_never(condition)


_OTHER_SIDE = {Op.LT: Op.GT, Op.LTE: Op.GTE, Op.GT: Op.LT, Op.GTE: Op.LTE}


def _if_seen(flags: Flags, spans_s: tuple[int, ...], sums: Sums) -> Met:
    seen = np.logical_and.reduce([sums.seen(span).stands(Op.GTE, SEEN) for span in spans_s])
    return Met(flags & seen, ~seen, flags & ~seen)


def _if(believed: Flags, found: Met) -> Met:
    return Met(found.met & believed, found.blind, found.doubted | found.met & ~believed)


def _quiet(condition: Burn, short_s: int, rates: list[Flags], sums: Sums) -> Flags:
    """Where the long window burns and the short one is silent, yet too empty to say that it is over.

    One bad event alone would burn as fast there. Else, of four events an hour, each would open a ticket of its own.
    """
    long, short = rates
    one = sums.one_bad(short_s)
    empty: Flags = (one.whole == 0) | one.stands(condition.op, condition.threshold)
    return long & ~short & empty


def _exhausts(condition: Exhaustion, sums: Sums) -> Flags:
    """Time to exhaustion is (what is left, or 1) × window / burn; nothing burns: never."""
    burn, spent, window_s = sums.burn(condition.over_s), sums.spent(None), sums.window_s
    left = np.maximum(0.0, 1 - spent.floats()) if condition.of is Of.LEFT else np.ones(len(window_s))
    rate = burn.floats()
    burning = rate > 0
    seconds = np.divide(left * window_s, rate, out=np.full(len(rate), np.inf), where=burning)
    seconds[np.isnan(rate) | np.isnan(left)] = np.nan

    def exactly(place: int) -> Fraction:
        share = max(Fraction(0), 1 - spent.at(place)) if condition.of is Of.LEFT else Fraction(1)
        return share * int(window_s[place]) / burn.at(place)

    return stands(seconds, condition.op, Fraction(condition.within_s), exactly)
