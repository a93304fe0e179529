"""How often somebody may try to sign in: counted for a name from one address, for the name, and for the address."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

WITHIN_S = 15 * 60
FROM_THERE = 5
"""Attempts for one name from one address."""
OF_NAME = 50
"""For one name from everywhere: so many that nobody locks another out in passing."""
OF_ADDRESS = 50
KNOWN = 10_000
"""So many counts are kept; those that were quiet for longest go first."""

Count = tuple[str, str]


@dataclass(slots=True)
class Attempts:
    """Every attempt counts from its beginning, so that many at once are no way round; a right one is taken back."""

    _made: OrderedDict[Count, deque[float]] = field(default_factory=OrderedDict)

    def begin(self, name: str, address: str, now: float) -> float:
        """0 if this attempt may be made, which counts it; else the seconds to wait, and it does not count."""
        limits = _limits(name, address)
        wait = max(self._wait(count, limit, now) for count, limit in limits)
        if wait <= 0:
            for count, limit in limits:
                made = self._made.setdefault(count, deque(maxlen=limit))
                made.append(now)
                self._made.move_to_end(count)
            while len(self._made) > KNOWN:
                self._made.popitem(last=False)
        return max(wait, 0.0)

    def right(self, name: str, address: str) -> None:
        """It was the password: what was counted for the name from there is forgotten, and this one for the others."""
        (there, _), *others = _limits(name, address)
        self._made.pop(there, None)
        for count, _ in others:
            if made := self._made.get(count):
                made.pop()

    def _wait(self, count: Count, limit: int, now: float) -> float:
        made = self._made.get(count)
        return made[0] + WITHIN_S - now if made is not None and len(made) == limit else 0.0


def _limits(name: str, address: str) -> tuple[tuple[Count, int], ...]:
    name = name.casefold()[:100]
    return ((name, address), FROM_THERE), ((name, ""), OF_NAME), (("", address), OF_ADDRESS)
