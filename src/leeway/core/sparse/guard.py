"""A guard: how rare a chance must be before one objective's burns page, and what it says of one. No mathematics here.

Kept apart from `gate` and `measure`, so that whoever only holds guards need not load the functions behind them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """`expected` false pages in 90 days of a service exactly on target, from `days` of traffic; None: not measured.

    `rho` is above 0 where the service's own bad events come in clusters: then `expected` is an estimate, and no bound.
    """

    alpha: float
    rho: float = 0.0
    expected: float | None = None
    days: float = 0.0


UNMEASURED = Guard(1e-4)
"""Until a day of traffic was seen."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a guard says to people: of `total` events `bad` were bad, which chance does with `p_value`.

    It lets a burn page from `needed` bad events of as many on; None: not even if all of them were bad.
    """

    bad: float
    total: float
    p_value: float
    alpha: float
    needed: int | None
