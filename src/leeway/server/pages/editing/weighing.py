"""What a change of an SLO would do to its budgets, from its own past."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from leeway.core.targets import Meant
from leeway.engine.charts import WhatIf
from leeway.errors import LeewayError
from leeway.server.engine_port import EnginePort
from leeway.spec.documents import SLO, Objective


@dataclass(frozen=True, slots=True)
class Weighed:
    """One objective as it is and as it would be, over the same past of 90 days at most."""

    objective: str
    slice_s: int | None
    before: Meant
    after: Meant


async def weighed(engine: EnginePort, old: SLO, new: SLO) -> list[Weighed]:
    """Objectives whose target, window or threshold changes; none where the way of counting does, or no past tells."""
    if old.method != new.method or len(old.objectives) != len(new.objectives) or new.window.start is not None:
        return []
    found = []
    for place, (before, after) in enumerate(zip(old.objectives, new.objectives, strict=True)):
        if (_judged(before), old.window) == (_judged(after), new.window):
            continue
        name = before.display_name or str(place)
        moved = None if before.value == after.value or after.value is None else float(after.value)
        wish = WhatIf((Fraction(after.target),), window_s=new.window.duration.seconds, threshold=moved)
        try:
            was = await engine.charts.what_if(old.metadata.name, name, WhatIf((Fraction(before.target),)))
            will = await engine.charts.what_if(old.metadata.name, name, wish)
        except LeewayError:
            continue  # it cannot be tried on its past: that is told by what is missing here
        found.append(Weighed(name, was.objective.slice_s, was.targets[0], will.targets[0]))
    return found


def _judged(one: Objective) -> tuple[object, ...]:
    return one.target, one.value, one.op
