"""What was measured of each objective's traffic: how rare a chance must be before its burns page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from leeway.core.sparse.guard import Guard


@dataclass(frozen=True, slots=True)
class Measured:
    """The guard of an objective, by its number, and when it was measured (epoch seconds)."""

    goal: int
    guard: Guard
    at: float


class GuardStore(Protocol):
    """Durable. Errors as StateStore."""

    def keep(self, measured: Sequence[Measured]) -> None:
        """Each in place of what was measured before; all or nothing."""

    def guards(self) -> dict[int, Measured]:
        """The last of each objective."""
