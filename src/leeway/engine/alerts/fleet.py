"""What conditions look at for objectives that are alike, now: `leeway.core.alerting.conditions.Sums` from a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from leeway.core.alerting.ratio import Ratio
from leeway.core.cells import Places
from leeway.core.ledger import Ledger, Sums
from leeway.core.ledger.grid import MINUTE_S
from leeway.core.objective import Objective
from leeway.core.points import Ints
from leeway.core.tally import units
from leeway.core.window import Rolling


@dataclass(frozen=True, slots=True)
class FleetSums:
    """Columns of one ledger at one minute. `objective` stands for all of them; `born` is NEVER where there is no row.

    Raises the ledger's OutOfReach for hours that must be lent first.
    """

    ledger: Ledger
    columns: Places
    objective: Objective
    scale: int
    born: Ints
    at: int

    def burn(self, span_s: int) -> Ratio:
        """Bad share of the span / allowed share."""
        spent = self._since(self.at - span_s)
        return Ratio(spent.bad, spent.total, self._per_share)

    def spent(self, span_s: int | None) -> Ratio:
        """Share of what the window allows, of events seen so far or of all its slices."""
        window = self.objective.window.at(self.at)
        whole = self._since(window.start)
        bad = (whole if span_s is None else self._since(self.at - span_s)).bad
        if self.objective.method.counts_events:
            return Ratio(bad, whole.total, self._per_share)
        lasts_s = self.objective.slice_s or MINUTE_S
        quanta = units(self.objective.method, self.scale)
        return Ratio(bad, self.window_s, Fraction(lasts_s, quanta.bad) / self.objective.allowed_share)

    def seen(self, span_s: int) -> Ratio:
        """Rows of the span / its minutes since birth."""
        since = np.maximum(self.at - span_s, self.born)
        minutes = np.where(since < self.at, (self.at - since) // MINUTE_S, 0)
        return Ratio(self._since(self.at - span_s).covered, minutes, Fraction(1))

    @property
    def window_s(self) -> Ints:
        """The same for all."""
        return np.full(len(self.born), self.objective.window.at(self.at).length_s)

    @property
    def young(self) -> Ratio | None:
        """As in core.alerting.sums."""
        if isinstance(self.objective.window, Rolling) or not self.objective.method.counts_events:
            return None
        total = self._since(self.objective.window.at(self.at).start).total
        quanta = units(self.objective.method, self.scale)
        return Ratio(total, np.ones_like(total), self.objective.allowed_share / quanta.total)

    @property
    def _per_share(self) -> Fraction:
        quanta = units(self.objective.method, self.scale)
        return Fraction(quanta.total, quanta.bad) / self.objective.allowed_share

    def _since(self, time: int) -> Sums:
        now = self.ledger.sums(self.at, self.columns)
        return now - self.ledger.sums(max(time, self.ledger.oldest), self.columns)
