"""Numbers that people can say to each other: thresholds such as 250 ms; targets are in `leeway.core.targets`."""

from __future__ import annotations

import math

_MANTISSAS = ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")


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
