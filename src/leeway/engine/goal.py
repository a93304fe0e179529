"""One objective as the engine runs it: its mathematics, and the series that feeds it."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.core.objective import DAY_S, Objective
from leeway.core.quality import COUNT_SCALE, RATIO_SCALE, Kind
from leeway.spec.documents import Ratio, RawRatio, RawType, RawValue
from leeway.spec.plan import Indicator


@dataclass(frozen=True, slots=True)
class Goal:
    """`number` is the definition's own for ever: a changed objective is another goal with its own past."""

    number: int
    slo: str
    service: str
    objective: Objective
    series: int
    kind: Kind
    scale: int

    @property
    def in_ledger(self) -> bool:
        """False for slices of a day or longer: they are aligned to the window, so no fixed sums can hold them."""
        return self.objective.slice_s is None or self.objective.slice_s < DAY_S

    @property
    def waits(self) -> bool:
        """True if time alone changes the goal's sums: a slice completes, or the no-data policy fills one."""
        return self.objective.slice_s is not None


def kind_of(indicator: Indicator | None, objective: Objective) -> Kind:
    """What the numbers of an indicator are; without one, the objective's threshold tells."""
    match indicator.metric if indicator else None:
        case RawRatio(type=RawType.SUCCESS):
            return Kind.SUCCESS_RATIO
        case RawRatio():
            return Kind.FAILURE_RATIO
        case RawValue():
            return Kind.VALUE
        case Ratio():
            return Kind.COUNTS
        case None:
            return Kind.VALUE if objective.threshold else Kind.COUNTS


def scale_of(kind: Kind) -> int:
    """Quanta per event of a live series."""
    match kind:
        case Kind.COUNTS:
            return COUNT_SCALE
        case Kind.SUCCESS_RATIO | Kind.FAILURE_RATIO:
            return RATIO_SCALE
        case Kind.VALUE:
            return 1
