"""An alert policy beside one objective: what advice on the two needs to know, and where it is put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from leeway.spec.advice.note import note
from leeway.spec.annotations import settings
from leeway.spec.codes import Code
from leeway.spec.documents import SLO, BudgetingMethod, Origin
from leeway.spec.finding import Finding, Severity
from leeway.spec.plan import method_of
from leeway.spec.policies import AnyPolicy, Stated


@dataclass(frozen=True, slots=True)
class Scene:
    """One objective of an SLO. `by_events`: one event is what counts; else slices of `slice_s`, None if unknown."""

    slo: SLO
    name: str
    target: Decimal
    window_s: int
    by_events: bool
    counts_events: bool
    slice_s: int | None

    @property
    def share(self) -> Fraction:
        """The allowed share."""
        return 1 - Fraction(self.target)

    @property
    def whose(self) -> str:
        """The objective, as messages call it."""
        return f"SLO `{self.slo.metadata.name}`, objective `{self.name}`"

    def note(
        self, code: Code, one: Stated, part: str, message: str, hint: str, severity: Severity = Severity.WARNING
    ) -> Finding:
        """A finding at a part of a condition."""
        return note(code, *self._where(one.origin, one.at(part)), message, hint, severity)

    def at_policy(
        self, code: Code, policy: AnyPolicy, message: str, hint: str, severity: Severity = Severity.WARNING
    ) -> Finding:
        """A finding at a policy."""
        return note(code, *self._where(policy.origin, f"{policy.path}.spec".lstrip(".")), message, hint, severity)

    def _where(self, origin: Origin, path: str) -> tuple[Origin, str]:
        """The SLO, where it is in a file that somebody has open, and the policy is not."""
        return (origin, path) if origin.marks or not self.slo.origin.marks else (self.slo.origin, "spec.alertPolicies")


def scenes(slo: SLO) -> Iterator[Scene]:
    """Every objective of an SLO that has a window of some length."""
    by_events = slo.method is BudgetingMethod.OCCURRENCES
    counts_events = method_of(slo, settings(slo.metadata.annotations)).counts_events
    for index, one in enumerate(slo.objectives):
        slice_s = one.slice_window.seconds if one.slice_window and not by_events else None
        window_s = slo.window.duration.seconds
        if window_s > 0:
            name = one.display_name or str(index)
            yield Scene(slo, name, one.target, window_s, by_events, counts_events, slice_s or None)
