"""What conditions look at for objectives that are alike, now: `leeway.core.alerting.conditions.Sums` from a ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from leeway.core.alerting.policy import Burn
from leeway.core.alerting.ratio import Flags, Ratio
from leeway.core.cells import Places
from leeway.core.judge import NEVER
from leeway.core.ledger import Ledger, Sums
from leeway.core.ledger.grid import MINUTE_S
from leeway.core.objective import Objective
from leeway.core.points import Floats, Ints
from leeway.core.sparse.guard import Guards, Told
from leeway.core.tally import units
from leeway.core.window import Rolling
from leeway.engine.goal import Goal


@dataclass(frozen=True, slots=True)
class FleetSums:
    """Columns of one ledger at one minute. `objective` stands for all of them.

    `born` is NEVER where there is no row; guards are those of each column. What is only in doubt counts as good here:
    nobody is woken by what a histogram cannot tell.

    Raises the ledger's OutOfReach for hours that must be lent first.
    """

    ledger: Ledger
    columns: Places
    objective: Objective
    scale: int
    born: Ints
    at: int
    guards: Guards | None = None

    @classmethod
    def of(
        cls,
        ledger: Ledger,
        columns: Places,
        goals: Sequence[Goal],
        born: Callable[[int], int | None],
        at: int,
        guards: Guards | None,
    ) -> FleetSums:
        """Of goals that are alike, in the order of their columns; `born` tells when a series was."""
        births = [born(goal.series) for goal in goals]
        known = np.array([NEVER if each is None else each for each in births], np.int64)
        return cls(ledger, columns, goals[0].objective, goals[0].scale, known, at, guards)

    def burn(self, span_s: int) -> Ratio:
        """Bad share of the span / allowed share."""
        spent = self._since(self.at - span_s)
        return Ratio(spent.certain, spent.total, self._per_share)

    def one_bad(self, span_s: int) -> Ratio:
        """What one bad event of the span would burn."""
        total, quanta = self._since(self.at - span_s).total, units(self.objective.method, self.scale)
        one = quanta.bad if self.objective.method.counts_events else 0
        return Ratio(np.full_like(total, one), total if one else np.ones_like(total), self._per_share)

    def spent(self, span_s: int | None) -> Ratio:
        """Share of what the window allows, of events seen so far or of all its slices."""
        window = self.objective.window.at(self.at)
        whole = self._since(window.start)
        bad = (whole if span_s is None else self._since(self.at - span_s)).certain
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

    def beyond_chance(self, span_s: int, where: Flags) -> Flags:
        """As core.alerting.sums."""
        if self.guards is None:
            return np.ones_like(where)
        from leeway.core.sparse.gate import gate  # late: the functions behind it take long to load

        bad, total = self._events(span_s)
        share, guards = float(self.objective.allowed_share), self.guards
        return gate(bad, total, share=share, alpha=guards.alpha, rho=guards.rho, where=where).opens

    def surprised(self, span_s: int) -> Flags:
        """As core.alerting.sums; only those are asked that had a bad event in the span."""
        bad = self._since(self.at - span_s).certain
        result = np.zeros(len(bad), np.bool_)
        if self.guards is None or not self.objective.method.counts_events:
            return result
        asked = np.flatnonzero((bad > 0) & ~np.isnan(self.guards.threshold))
        if not len(asked):
            return result
        from leeway.core.sparse import surprise  # late, as above

        columns, quanta = np.arange(self.ledger.width)[self.columns], units(self.objective.method, self.scale)
        first = max(self.ledger.first_minute, surprise.begin(self.at))
        share, at = float(self.objective.allowed_share), np.array([self.at])
        for place in asked:
            bad, total = self.ledger.adds(int(columns[place]), first, self.at)
            steps = surprise.Steps(first, MINUTE_S, bad / quanta.bad, total / quanta.total)
            result[place] = steps.surprise(at, share, float(self.guards.threshold[place]), span_s)[0]
        return result

    def told(self, condition: Burn, place: int) -> Told | None:
        """As core.alerting.sums."""
        if self.guards is None:
            return None
        from leeway.core.sparse.gate import tell  # late, as above

        bad, total = (float(each[place]) for each in self._events(condition.long_s))
        share, alpha, rho = self.objective.allowed_share, self.guards.alpha[place], self.guards.rho[place]
        return tell(
            bad, total, factor=float(condition.threshold), share=float(share), alpha=float(alpha), rho=float(rho)
        )

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

    def _events(self, span_s: int) -> tuple[Floats, Floats]:
        spent, quanta = self._since(self.at - span_s), units(self.objective.method, self.scale)
        return spent.certain / quanta.bad, spent.total / quanta.total

    @property
    def _per_share(self) -> Fraction:
        quanta = units(self.objective.method, self.scale)
        return Fraction(quanta.total, quanta.bad) / self.objective.allowed_share

    def _since(self, time: int) -> Sums:
        now = self.ledger.sums(self.at, self.columns)
        return now - self.ledger.sums(max(time, self.ledger.oldest), self.columns)
