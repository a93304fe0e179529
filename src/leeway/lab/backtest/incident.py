"""Incidents: when users were failed, as people marked it, or as the budget shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leeway.core.alerting.sums import PastSums
from leeway.core.points import Floats
from leeway.core.track import Track
from leeway.engine.report import rfc3339

HOUR_S = 3_600
FAST = 2
"""A stretch lasts for as long as the last hour burns so many times as fast as even."""
CHANCE = 1e-4
"""Pieces that a service on target has with this chance, or a higher one, are none."""
MATTERS = 0.1
"""The share of the window's budget that a stretch must cost to be an incident."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Half-open, in epoch seconds. An empty `slo` means all of them, an empty `objective` all of the SLO.

    `cost` is the share of the window's budget that it took, None where people marked it.
    """

    start: int
    end: int
    slo: str = ""
    objective: str = ""
    title: str = ""
    cost: float | None = None

    def concerns(self, slo: str, objective: str) -> bool:
        """Whether it failed the users of this objective; an empty one is any of the SLO."""
        return self.slo in ("", slo) and (not objective or self.objective in ("", objective))

    def as_json(self) -> dict[str, object]:
        """As `leeway backtest -o json` prints it."""
        return {
            "slo": self.slo or None,
            "objective": self.objective or None,
            "title": self.title,
            "start": rfc3339(self.start),
            "end": rfc3339(self.end),
            "budget_cost_ratio": self.cost,
        }


def stretches(slo: str, objective: str, track: Track, sums: PastSums) -> Iterator[Incident]:
    """Where an objective's budget went in pieces that matter.

    A piece is found where the burn rate of an hour is above FAST, and reaches from the slice to the slice between which
    the most was spent beyond FAST times as much as is even. Its cost is in budgets of an average window: of events the
    allowed share of so many as a window of this history holds, of slices the allowed share of the window. What chance
    does now and then to a service on target is no incident, whatever it costs: one failure of four events is none.
    """
    from leeway.core.stats.binomial import upper_tail  # late: it takes long to load

    at, budget = sums.moments.at, _budget(track, sums)
    burning = sums.burn(HOUR_S).floats() > FAST
    bad, total = (np.diff(each) / per for each, per in ((track.bad, sums.quanta.bad), (track.total, sums.quanta.total)))
    beyond = bad - FAST * float(sums.share) * total
    edges = np.flatnonzero(np.diff(np.concatenate(([False], burning, [False])).astype(np.int8)))
    for first, last in zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True):
        low, high = np.searchsorted(track.start, (at[first] - HOUR_S, at[last]))
        begin, end = (int(low) + place for place in _densest(beyond[low:high]))
        spent, seen = float(bad[begin:end].sum()), float(total[begin:end].sum())
        if spent / budget >= MATTERS and upper_tail(spent, seen, float(sums.share)) < CHANCE:
            over = int(track.start[end - 1]) + sums.moments.lasts_s
            yield Incident(int(track.start[begin]), over, slo, objective, cost=spent / budget)


def _densest(amounts: Floats) -> tuple[int, int]:
    """From where to where, exclusive, amounts of either sign add up to the most.

    >>> _densest(np.array([-1.0, 3, -1, 2, -5, 1]))
    (1, 4)
    """
    sums = np.concatenate((np.zeros(1), np.cumsum(amounts)))
    end = int(np.argmax(sums - np.minimum.accumulate(sums)))
    return end - int(np.argmin(sums[end::-1])), end  # of several that begin as well, the shortest


def _budget(track: Track, sums: PastSums) -> float:
    """What an average window allows, in events or slices."""
    window_s, share = float(np.mean(sums.window_s)), float(sums.share)
    if sums.counts_events:
        lasts_s = int(sums.moments.at[-1]) - int(track.start[0])
        return share * float(track.total[-1]) / sums.quanta.total * window_s / max(lasts_s, 1)
    return share * window_s / sums.moments.lasts_s
