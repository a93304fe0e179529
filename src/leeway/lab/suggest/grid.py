"""Numbers that people can say to each other: targets such as 99.5 %, thresholds such as 250 ms."""

from __future__ import annotations

import math
from fractions import Fraction

TARGETS: tuple[Fraction, ...] = tuple(1 - Fraction(bad, 10**digits) for digits in range(1, 6) for bad in (5, 3, 2, 1))
"""Half, 70, 80, 90, 95, 97, 98, 99, 99.5, … up to 99.999 %, ascending."""

_ROUNDING = 1e-12
_MANTISSAS = ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")


def snap(reliability: float) -> Fraction | None:
    """The strictest target that is not above the reliability; None below a half.

    >>> float(snap(0.99773)), float(snap(0.999)), snap(0.3)
    (0.997, 0.999, None)
    """
    return max((one for one in TARGETS if float(one) <= reliability + _ROUNDING), default=None)


def stricter(target: Fraction) -> Fraction:
    """The next target up, or the strictest there is."""
    return min((one for one in TARGETS if one > target), default=TARGETS[-1])


def friendly(value: float, *, up: bool) -> float:
    """The nearest round number that is not below the value (`up`), or not above it.

    >>> friendly(0.2417, up=True), friendly(0.2417, up=False), friendly(0.25, up=True), friendly(-7.0, up=True)
    (0.25, 0.2, 0.25, -6.0)
    """
    if value == 0:
        return 0.0
    if value < 0:
        return -friendly(-value, up=not up)
    exponent = math.floor(math.log10(value))
    around = [float(f"{each}e{power}") for power in (exponent - 1, exponent, exponent + 1) for each in _MANTISSAS]
    return min(one for one in around if one >= value) if up else max(one for one in around if one <= value)
