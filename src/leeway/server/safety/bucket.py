"""A token bucket, in the form that needs one number for each caller (the generic cell rate algorithm). Pure.

A bucket holds `burst` tokens and is filled again at `rate` tokens a second; whoever asks takes one. What is kept is the
time at which the bucket will be *full*: in the past it is full now, and an empty one is full after `burst / rate`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

_EXACT = 1e-6
"""Tokens: so far do sums of times err at most."""


@dataclass(frozen=True, slots=True)
class Quota:
    """`rate` tokens a second, above 0, and at most `burst` at once, at least 1."""

    rate: float
    burst: int

    @property
    def window_s(self) -> float:
        """So long it takes to fill an empty bucket."""
        return self.burst / self.rate


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one who asked. `full_at` is to be kept; `left` whole tokens are there still.

    `wait_s` is 0 if he got his token, else the time after which he would have got it. Who is refused takes nothing.
    """

    full_at: float
    left: int
    wait_s: float


def take(quota: Quota, full_at: float, now: float) -> Taken:
    """One token at this time, if there is one. A clock that was set back fills no bucket, and empties none further."""
    before = min(max(full_at, now), now + quota.window_s)
    after = before + 1 / quota.rate
    missing = (after - now) * quota.rate - quota.burst
    if missing > _EXACT:
        return Taken(before, 0, missing / quota.rate)
    return Taken(after, max(0, floor(-missing + _EXACT)), 0.0)
