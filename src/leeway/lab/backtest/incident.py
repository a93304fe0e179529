"""Incidents: when users were failed, as people marked it, or as the budget shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leeway.core.alerting.sums import PastSums
from leeway.core.burns import FAST, OVER_S, pieces
from leeway.core.track import Track
from leeway.engine.report import rfc3339

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

    The cost of a piece (see core.burns) is in budgets of an average window: of events the
    allowed share of so many as a window of this history holds, of slices the allowed share of the window. What chance
    does now and then to a service on target is no incident, whatever it costs: one failure of four events is none.
    """
    from leeway.core.stats.binomial import upper_tail  # late: it takes long to load

    budget, share = _budget(track, sums), float(sums.share)
    bad, total = (np.diff(each) / per for each, per in ((track.bad, sums.quanta.bad), (track.total, sums.quanta.total)))
    burn = sums.burn(OVER_S).floats()
    for piece in pieces(track.start, bad - FAST * share * total, sums.moments.at, burn):
        begin, end = piece.slices.start, piece.slices.stop
        spent, seen = float(bad[begin:end].sum()), float(total[begin:end].sum())
        if spent / budget >= MATTERS and upper_tail(spent, seen, share) < CHANCE:
            over = int(track.start[end - 1]) + sums.moments.lasts_s
            yield Incident(int(track.start[begin]), over, slo, objective, cost=spent / budget)


def _budget(track: Track, sums: PastSums) -> float:
    """What an average window allows, in events or slices."""
    window_s, share = float(np.mean(sums.window_s)), float(sums.share)
    if sums.counts_events:
        lasts_s = int(sums.moments.at[-1]) - int(track.start[0])
        return share * float(track.total[-1]) / sums.quanta.total * window_s / max(lasts_s, 1)
    return share * window_s / sums.moments.lasts_s
