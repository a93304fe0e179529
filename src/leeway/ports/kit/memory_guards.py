"""`leeway.ports.guards.GuardStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from leeway.ports.guards import Measured


class MemoryGuards:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._held: dict[int, Measured] = {}

    def keep(self, measured: Sequence[Measured]) -> None:
        """By objective."""
        self._held |= {one.goal: one for one in measured}

    def guards(self) -> dict[int, Measured]:
        """A copy."""
        return dict(self._held)
