"""How long burns last: the Kaplan-Meier estimate from past episodes."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 30
"""With fewer episodes that ended by themselves nothing is said."""


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long one episode lasted; `censored` if a person ended it: alone it would have lasted at least so long."""

    seconds: int
    censored: bool = False


def outlasts(past: Sequence[Lasted], age_s: int, more_s: float) -> float | None:
    """The chance that a burn of this age goes on for `more_s` and longer. None: too few are known to say.

    S(age + more) / S(age), S by Kaplan and Meier: an episode that a person ended counts as far as it went. None also
    when no past episode reached this age by itself.

    >>> outlasts([Lasted(180)] * 40, 60, 3_600.0)
    0.0
    """
    if sum(not one.censored for one in past) < ENOUGH:
        return None
    so_far = _survival(past, age_s)
    return _survival(past, age_s + more_s) / so_far if so_far > 0 else None


def _survival(past: Sequence[Lasted], time_s: float) -> float:
    lasted = sorted(one.seconds for one in past)
    ended = Counter(one.seconds for one in past if not one.censored and one.seconds <= time_s)
    survival = 1.0
    for end in sorted(ended):
        survival *= 1 - ended[end] / (len(lasted) - bisect_left(lasted, end))
    return survival
