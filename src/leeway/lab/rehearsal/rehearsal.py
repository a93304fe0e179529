"""An SLO on the past of its series: read and judged once, then any target is told in a moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import log

import numpy as np

from leeway.core.alerting import presets
from leeway.core.alerting.sums import PastSums
from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Floats, Ints
from leeway.core.quality import trusted
from leeway.core.targets import TARGETS, Meant, Past, meant, prepare, remaining, telling
from leeway.core.thinning import thinned
from leeway.engine import offline
from leeway.engine.offline import Case, cases_of
from leeway.errors import Invalid
from leeway.lab.backtest.alerts import alerts_of
from leeway.lab.backtest.guards import guards
from leeway.lab.suggest import Candidate, History, Series, candidates
from leeway.lab.suggest.candidates import chosen
from leeway.lab.suggest.caveats import caveats
from leeway.lab.suggest.woken import Woken, counted, tellable
from leeway.spec.documents import SLO, BudgetingMethod
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo
from leeway.spec.policies import policies_for

LONGEST_SPAN_S = max(long_s for _, _, long_s, _ in presets.PAIRS) + presets.HOUR_S
"""No condition of the standard policies looks further back."""

NEAR = 7
"""Targets that are counted before anybody asks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a target would have meant, and whom the standard policies would have told; None: not counted yet."""

    meant: Meant
    woken: Woken | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """The target that the past speaks for, None where too little is known; others; and what nobody can know."""

    target: Fraction | None
    candidates: tuple[Candidate, ...]
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The judged past of an SLO with one objective; its target has no part in it.

    Use `Rehearsal.of`. `reliability` is of the present window, None where nothing counted.
    """

    slo: SLO
    series: Series
    case: Case
    past: Past
    _counted: dict[Fraction, Woken] = field(default_factory=dict)
    _wanted: list[Fraction] = field(default_factory=list)
    _suggested: list[Suggested] = field(default_factory=list)
    _prepared: list[tuple[offline.Past, PastSums]] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def of(cls, slo: SLO, series: Series) -> Rehearsal:
        """Raises Invalid if the rows are not what the SLO counts, or its slices are none of theirs."""
        plan = compile_slo(replace(slo, metadata=replace(slo.metadata, name=series.owner.slo)))
        case = cases_of([plan], series.table, series.step_s)[0]
        if max(case.objective.slice_s or 0, series.step_s) >= DAY_S:
            mend = "take shorter slices, or rows of less than a day"
            raise Invalid("slices of a day or longer have no past to try targets on", place="slice", mend=mend)
        points = trusted(case.kind, case.measured, case.faults, scale=case.scale)
        return cls(slo, series, case, prepare(case.objective, points, series.born, series.end, step_s=series.step_s))

    @property
    def objective(self) -> Objective:
        """What is judged."""
        return self.case.objective

    @property
    def reliability(self) -> float | None:
        """The good share of the present window."""
        return 1 - self.past.spent / self.past.whole if self.past.whole else None

    def told(self, target: Fraction) -> Verdict:
        """The target over this past, at once; below 1."""
        return Verdict(meant(self.past, target), self._counted.get(target))

    def woken(self, target: Fraction) -> Woken:
        """Whom it would have told. Blocking: counted once, which for a very strict target takes seconds."""
        with self._lock:
            if target not in self._counted:
                self._counted[target] = self._count(target)
            return self._counted[target]

    def want(self, target: Fraction) -> bool:
        """Says that this target is looked at now; True if it, or one near it, has still to be counted."""
        self._wanted[:] = [near for near in _around(target) if near not in self._counted]
        return bool(self._wanted)

    def count(self) -> None:
        """Counts what is wanted until all is known. Blocking."""
        while self._wanted:
            self.woken(self._wanted.pop(0))

    def leave(self) -> None:
        """Nobody looks any more: nothing is wanted."""
        self._wanted.clear()

    def curve(self, target: Fraction, most: int) -> tuple[Ints, Floats]:
        """What would have been left of the budget, at `most` moments."""
        left = remaining(self.past, target)
        chosen = thinned([left], most)
        return self.past.at[chosen], left[chosen]

    def worth(self, own: Fraction) -> tuple[Fraction, ...]:
        """Targets worth a look, loosest first."""
        return telling(self.past, own)

    def suggested(self) -> Suggested | None:
        """What `leeway suggest` draws from the same rows; None of methods that it does not know."""
        window = self.slo.window
        if self.slo.method is not BudgetingMethod.OCCURRENCES or window.start is not None:
            return None
        if self._suggested:
            return self._suggested[0]
        with self._lock:
            if not self._suggested:
                past = History.of(self.series, window.duration, 0, self.objective.threshold)
                target = chosen(past)
                found = () if target is None else candidates(past, target, told=self.woken)
                best = next((one for one in found if one.target == target), None)
                self._suggested.append(Suggested(target, found, caveats(past, best, None)))
            return self._suggested[0]

    def _count(self, target: Fraction) -> Woken:
        if not tellable(self.series):
            return Woken(None, None)
        case = replace(self.case, objective=replace(self.objective, target=target))
        policies = policies_for(self.slo, case.objective, Library.of(()))
        past, sums = self._sums()
        at, step_s = sums.moments.at, self.series.step_s
        sums = replace(sums, share=case.objective.allowed_share, guards=guards(case, past, at, policies, step_s))
        found = alerts_of(policies, sums, at)
        return counted(self.series, case.objective, [one.severity for one in found if one.suppressed_by is None])

    def _sums(self) -> tuple[offline.Past, PastSums]:
        """What no target has a part in, worked out once; as `leeway.lab.backtest` does it."""
        if not self._prepared:
            step_s, end = self.series.step_s, self.case.end + self.series.step_s
            past = self.case.past(end)
            past = replace(past, track=past.track.certain)
            born = past.born or 0
            sums = PastSums.of(
                self.objective,
                past.track,
                np.arange(born + step_s, end + step_s, step_s),
                born=past.born,
                step_s=step_s,
                scale=self.case.scale,
                reach_s=LONGEST_SPAN_S,
            )
            self._prepared.append((past, replace(sums, looked_up={})))
        return self._prepared[0]


def _around(target: Fraction) -> Iterator[Fraction]:
    """The target, and those that a slider reaches next."""
    yield target
    near = sorted(TARGETS, key=lambda one: abs(log((1 - one) / (1 - target))))
    yield from (one for one in near[:NEAR] if one != target)
