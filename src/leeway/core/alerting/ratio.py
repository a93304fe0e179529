"""Ratios held against thresholds, exactly: floats decide what is clear, whole numbers what is close."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from leeway.core.objective import Op
from leeway.core.points import Floats, Ints

Flags = NDArray[np.bool_]

CLOSE = 1e-9
"""Relative; floats of these ratios are right to about 1e-15."""

_OPS: dict[Op, Callable[..., Flags]] = {
    Op.LT: operator.lt,
    Op.LTE: operator.le,
    Op.GT: operator.gt,
    Op.GTE: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Ratio:
    """part / whole × factor, of many objectives or at many moments. Where the whole is 0, nothing is known."""

    part: Ints
    whole: Ints
    factor: Fraction

    def floats(self) -> Floats:
        """NaN where nothing is known."""
        ratio = np.divide(self.part, self.whole, out=np.full(np.shape(self.part), np.nan), where=self.whole != 0)
        floats: Floats = ratio * float(self.factor)
        return floats

    def at(self, place: int) -> Fraction:
        """One of them, exactly; the whole there is not 0."""
        return Fraction(int(self.part[place]), int(self.whole[place])) * self.factor

    def stands(self, op: Op, threshold: Fraction) -> Flags:
        """Where the ratio stands in this relation; nowhere that nothing is known."""
        return stands(self.floats(), op, threshold, self.at)


def stands(values: Floats, op: Op, threshold: Fraction, exactly: Callable[[int], Fraction]) -> Flags:
    """Where values stand in this relation to the threshold; `exactly` tells the value at one place. NaN nowhere."""
    bound = float(threshold)
    result: Flags = _OPS[op](values, bound)
    close = np.flatnonzero(np.abs(values - bound) <= CLOSE * max(1.0, abs(bound)))
    for place in close.tolist():
        result[place] = _OPS[op](exactly(place), threshold)
    return result
