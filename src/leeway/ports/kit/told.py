"""The small world that the contract of sources plays in: what happened."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from leeway.ports.source import Ask, Role

UNKNOWN = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the far side knows: per role and step of the ask what happened in it; None: nothing is known of the step.

    NaN is a sample that says NaN. `restart` is the step before whose events the counters begin again at zero.
    `off_s` is by how much the samples' own times are wrong.
    """

    steps: Mapping[Role, tuple[float | None, ...]]
    restart: int | None = None
    off_s: int = 0

    def column(self, role: Role) -> list[float]:
        """What a reading must say: NaN where nothing is known."""
        return [math.nan if step is None else step for step in self.steps[role]]


_HAPPENED: Mapping[Role, tuple[float, ...]] = {
    Role.TOTAL: (10, 20, 0, 7, 30),
    Role.GOOD: (10, 18, 0, 7, 29),
    Role.BAD: (0, 2, 0, 0, 1),
    Role.RAW: (1.0, 0.9, 0.25, 0.5, 1.0),
    Role.VALUE: (120.0, 80.5, 99.0, 300.25, 1.0),
}
STEPS = len(_HAPPENED[Role.TOTAL])


def happened(ask: Ask) -> Told:
    """An ordinary span, with a step in which nothing happened."""
    return Told({metric.role: _HAPPENED[metric.role] for metric in ask.metrics})


def without(told: Told, step: int, instead: float | None = UNKNOWN) -> Told:
    """The same, but one step is unknown (or NaN) in every role."""
    steps = {role: (*known[:step], instead, *known[step + 1 :]) for role, known in told.steps.items()}
    return replace(told, steps=steps)
