"""An alert from its row."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.policy import Severity
from leeway.ports.alerts import Alert


def alert_of(row: Row[Any]) -> Alert:
    return Alert(
        key=row.key,
        goal=row.goal,
        slo=row.slo,
        objective=row.objective,
        policy=row.policy,
        severity=Severity(row.severity),
        condition=row.condition,
        fired_at=row.fired_at,
        resolved_at=row.resolved_at,
        consumed_ratio=row.consumed_ratio,
        sent_at=row.sent_at,
        suppressed_by=Suppression(row.suppressed_by) if row.suppressed_by else None,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        reasons=tuple(json.loads(row.reasons)),
    )
