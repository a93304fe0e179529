"""One objective's past as conditions look at it: `Sums` at many moments, from its track."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from leeway.core.alerting.policy import Burn
from leeway.core.alerting.ratio import Flags, Ratio
from leeway.core.moments import Moments
from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Floats, Ints
from leeway.core.sparse.guard import Guards, Told
from leeway.core.tally import Units, units
from leeway.core.track import Track
from leeway.core.window import Rolling


@dataclass(frozen=True, slots=True)
class PastSums:
    """`leeway.core.alerting.conditions.Sums` of one objective. `born` is its first row's time, None if it has none.

    `looked_up` keeps, where it is given, what was looked up over each span: for many targets on one past.
    """

    moments: Moments
    born: int | None
    step_s: int
    rolling: bool
    counts_events: bool
    quanta: Units
    share: Fraction
    guards: Guards | None = None
    looked_up: dict[tuple[str, int | None], tuple[Ints, Ints]] | None = None

    @classmethod
    def of(
        cls,
        objective: Objective,
        track: Track,
        at: Ints,
        *,
        born: int | None,
        step_s: int,
        scale: int,
        reach_s: int,
        guards: Guards | None = None,
    ) -> PastSums:
        """As Moments.of; `reach_s` is the longest span of any condition; guards are those of each moment.

        What is only in doubt counts as good here: nobody is woken by what a histogram cannot tell.
        """
        moments = Moments.of(objective, track.certain, at, step_s=step_s, reach_s=reach_s)
        quanta = units(objective.method, scale)
        rolling, counts_events = isinstance(objective.window, Rolling), objective.method.counts_events
        return cls(moments, born, step_s, rolling, counts_events, quanta, objective.allowed_share, guards)

    def one(self, place: int) -> PastSums:
        """The moment at this place alone."""
        guards = None if self.guards is None else self.guards[place : place + 1]
        return replace(self, moments=self.moments.one(place), guards=guards, looked_up=None)

    def burn(self, span_s: int) -> Ratio:
        """Bad share of the span / allowed share."""
        return Ratio(*self._spent(span_s), self._per_share)

    def one_bad(self, span_s: int) -> Ratio:
        """What one bad event of the span would burn."""
        _, total = self._spent(span_s)
        one = self.quanta.bad if self.counts_events else 0
        return Ratio(np.full_like(total, one), np.asarray(total) if one else np.ones_like(total), self._per_share)

    def spent(self, span_s: int | None) -> Ratio:
        """Of events the window allows a share of those seen so far, of slices a share of all it will hold."""
        bad, total = self._spent(None)
        if span_s is not None:
            bad, _ = self._spent(span_s)
        if self.counts_events:
            return Ratio(bad, total, self._per_share)
        return Ratio(bad, self.window_s, Fraction(self.moments.lasts_s, self.quanta.bad) / self.share)

    def seen(self, span_s: int) -> Ratio:
        """Rows of the span / its steps since birth."""
        return Ratio(*self._kept("rows", span_s, lambda: self._rows(span_s)), Fraction(1))

    def beyond_chance(self, span_s: int, where: Flags) -> Flags:
        """By the guards, if there are any."""
        if self.guards is None:
            return np.ones_like(where)
        from leeway.core.sparse.gate import gate  # late: the functions behind it take long to load

        bad, total = self._events(span_s)
        share, guards = float(self.share), self.guards
        return gate(bad, total, share=share, alpha=guards.alpha, rho=guards.rho, where=where).opens

    def surprised(self, span_s: int) -> Flags:
        """By the guards, if there are any; slices are no events, and surprise nobody."""
        at = self.moments.at
        result = np.zeros(len(at), np.bool_)
        if self.guards is None or not self.counts_events or np.isnan(self.guards.threshold).all():
            return result
        from leeway.core.sparse import surprise  # late, as above

        day = at // DAY_S
        edges = np.append(np.flatnonzero(np.diff(day, prepend=day[0] - 1)), len(at))
        for here in map(slice, edges[:-1], edges[1:]):
            threshold = float(self.guards.threshold[here][0])
            first, bad, total = self.moments.adds(surprise.begin(int(at[here][0])), int(at[here][-1]))
            if not math.isnan(threshold) and bad.any():
                steps = surprise.Steps(first, self.step_s, bad / self.quanta.bad, total / self.quanta.total)
                result[here] = steps.surprise(at[here], float(self.share), threshold, span_s)
        return result

    def told(self, condition: Burn, place: int) -> Told | None:
        """By the guards, if there are any."""
        if self.guards is None:
            return None
        from leeway.core.sparse.gate import tell  # late, as above

        bad, total = (float(each[place]) for each in self._events(condition.long_s))
        alpha, rho = float(self.guards.alpha[place]), float(self.guards.rho[place])
        return tell(bad, total, factor=float(condition.threshold), share=float(self.share), alpha=alpha, rho=rho)

    @property
    def window_s(self) -> Ints:
        """How long the window of each moment is."""
        return self.moments.window_s

    @property
    def young(self) -> Ratio | None:
        """Rolling windows are never young, and slices are allowed for in advance."""
        if self.rolling or not self.counts_events:
            return None
        _, total = self._spent(None)
        return Ratio(total, np.ones_like(total), self.share / self.quanta.total)

    def _events(self, span_s: int) -> tuple[Floats, Floats]:
        """Bad and all; of methods that count slices, slices."""
        bad, total = self._spent(span_s)
        return bad / self.quanta.bad, total / self.quanta.total

    def _spent(self, span_s: int | None) -> tuple[Ints, Ints]:
        """Bad and all of the span, None for the window."""
        moments = self.moments
        since = moments.window_start if span_s is None else moments.at - span_s
        return self._kept("spent", span_s, lambda: moments.spent(since))

    def _rows(self, span_s: int) -> tuple[Ints, Ints]:
        at = self.moments.at
        since = np.maximum(at - span_s, at[-1] if self.born is None else self.born)
        steps = np.maximum(0, at - since) // self.step_s
        return np.where(steps > 0, self.moments.rows(np.minimum(since, at)), 0), steps

    def _kept(self, what: str, span_s: int | None, look: Callable[[], tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
        if self.looked_up is None:
            return look()
        if (what, span_s) not in self.looked_up:
            self.looked_up[what, span_s] = look()
        return self.looked_up[what, span_s]

    @property
    def _per_share(self) -> Fraction:
        return Fraction(self.quanta.total, self.quanta.bad) / self.share
