"""One alert as a reader of a backtest wants it: plain values, the same for policies and for what pages people today."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.engine.report import rfc3339


@dataclass(frozen=True, slots=True)
class Told:
    """Times are epoch seconds. `candidate` is whose alert it is (`leeway.lab.backtest.candidate`).

    `sent_at` is later than the firing where it was held or inhibited first, None if nobody was told, and
    `suppressed_by` says why. `severity` is ticket also for the ticket that stands for a held page, which is `instead`.
    """

    candidate: str
    slo: str
    objective: str
    policy: str
    condition: str
    severity: Severity
    fired_at: int
    sent_at: int | None
    resolved_at: int | None
    suppressed_by: Suppression | None = None
    instead: bool = False
    consumed_ratio: float | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_sent(self) -> bool:
        """Whether somebody was told."""
        return self.sent_at is not None and self.suppressed_by is None

    def as_json(self) -> dict[str, object]:
        """As `leeway backtest -o json` prints it."""
        return {
            "candidate": self.candidate,
            "slo": self.slo,
            "objective": self.objective,
            "policy": self.policy,
            "condition": self.condition,
            "severity": self.severity.value,
            "fired_at": rfc3339(self.fired_at),
            "sent_at": None if self.sent_at is None else rfc3339(self.sent_at),
            "resolved_at": None if self.resolved_at is None else rfc3339(self.resolved_at),
            "budget_consumed_ratio_at_fire": self.consumed_ratio,
            "suppressed_by": self.suppressed_by.value if self.suppressed_by else None,
            "reasons": list(self.reasons),
        }
