"""How sure a number is when bad events come in clusters, and what chance has to do with each page: for `why`."""

from __future__ import annotations

import numpy as np

from leeway.core.judge import Flags, Judged
from leeway.core.objective import DAY_S
from leeway.core.tally import units
from leeway.engine.goal import Goal
from leeway.engine.views import Certainty, Chance


def certainty(goal: Goal, judged: Judged, inside: Flags, chances: tuple[Chance, ...]) -> Certainty:
    """From the judged slices `inside` the window, by days. Methods that count slices take each for an event."""
    from leeway.core.stats import clusters  # late: a server needs the functions behind it when somebody asks

    quanta = units(goal.objective.method, goal.scale)
    day = judged.start[inside] // DAY_S
    day = day - day[:1]  # slices ascend; of none, none
    bad, total = (
        np.bincount(day, each[inside] / unit) for each, unit in ((judged.bad, quanta.bad), (judged.total, quanta.total))
    )
    rho = clusters.overdispersion(bad, total).rho
    number = clusters.pooled(total, rho)
    interval = clusters.interval(float(total.sum() - bad.sum()), float(total.sum()), number) if number else None
    return Certainty(interval, rho, number, chances)
