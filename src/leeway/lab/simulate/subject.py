"""Whose policies are tried: an SLO that somebody wrote, or one that is nothing but a target and a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from leeway.core.alerting.policy import Policy
from leeway.core.objective import Objective
from leeway.core.quality import trusted
from leeway.engine.offline import cases_of
from leeway.errors import Invalid
from leeway.formats.points import Owner, Table
from leeway.lab.backtest.candidate import Candidate
from leeway.lab.simulate.world import Resampled
from leeway.lab.suggest.draft import draft
from leeway.spec.annotations import settings
from leeway.spec.documents import SLO
from leeway.spec.duration import Duration
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.plan import Plan, compile_slo


@dataclass(frozen=True, slots=True)
class Subject:
    """An SLO with its first objective, judged on counts of events whatever they were counted from."""

    slo: SLO
    plan: Plan
    objective: Objective
    library: Library

    @classmethod
    def of(cls, library: Library, name: str | None) -> Subject:
        """The SLO of this name, or the only one there is. Invalid if there is none, or several."""
        names = [slo.metadata.name for slo in library.slos]
        if name is None and len(names) == 1:
            name = names[0]
        if name not in names:
            near = did_you_mean(name, names) if name else ""
            many = f"one of {', '.join(names[:10])}" if names else "give a file with a document of kind SLO"
            said = f"no SLO {name!r} is defined here" if name else f"{len(names)} SLOs are defined here, not one"
            raise Invalid(said, mend=near or f"say which with --slo: {many}")
        slo = next(slo for slo in library.slos if slo.metadata.name == name)
        plan = compile_slo(slo, library)
        return cls(slo, plan, replace(plan.items[0].objective, threshold=None), library)

    @classmethod
    def made(cls, target: Fraction, window: Duration) -> Subject:
        """Occurrences, watched by the default set."""
        slo = draft(Owner("simulated"), target, window, None)
        return cls.of(Library.of([slo]), None)

    @property
    def horizon_s(self) -> int:
        """How long people take, as the SLO says."""
        return settings(self.slo.metadata.annotations).human_horizon_s

    def watching(self, candidates: Sequence[Candidate]) -> dict[str, tuple[Policy, ...]]:
        """The policies of each, on this objective."""
        return {one.name: one.watching(self.slo, self.objective, self.library) for one in candidates}

    def history(self, table: Table, step_s: int) -> Resampled:
        """The days of its rows. Invalid as `cases_of` and `Resampled.of`."""
        case = cases_of([self.plan], table, step_s)[0]
        points = trusted(case.kind, case.measured, case.faults, scale=case.scale)
        return Resampled.of(case.objective, points, step_s)
