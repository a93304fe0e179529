"""Candidates: the sets of alert policies that a backtest compares."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.core.alerting.policy import Policy
from leeway.core.objective import Objective
from leeway.errors import Invalid
from leeway.spec.documents import SLO
from leeway.spec.library import Library
from leeway.spec.policies import AnyPolicy, instead, named, policies_for

DEFINED = "defined"
PRESENT = "present"
"""The name of what pages people today, which is told and not computed."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The policies that watch every objective; None: each is watched as its SLO says."""

    name: str
    policies: tuple[AnyPolicy, ...] | None = None

    def watching(self, slo: SLO, objective: Objective, library: Library) -> tuple[Policy, ...]:
        """What would watch this objective."""
        if self.policies is None:
            return policies_for(slo, objective, library)
        return instead(self.policies, slo, objective, library)


def candidate(text: str, library: Library) -> Candidate:
    """From names of alert policies or presets, joined by commas. Invalid for a name that nobody has."""
    names = [name.strip() for name in text.split(",")]
    if text in (DEFINED, PRESENT) or not all(names):
        raise Invalid(
            f"{text!r} is no set of alert policies", mend="write names of alert policies or presets, joined by commas"
        )
    return Candidate(",".join(names), tuple(named(name, library) for name in names))
