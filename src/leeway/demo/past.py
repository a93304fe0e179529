"""What alerts the demo's history would have led to: decided by the same code as live ones, and kept as if they were.

Only what is over. What still burns is found by the running server itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from leeway.demo.history import DAY_S, STORIES
from leeway.engine.alerts.decided import KEPT
from leeway.engine.catalog import Catalog
from leeway.formats.points import Owner, Table
from leeway.lab.backtest import Told, run
from leeway.ports.alerts import Alert
from leeway.ports.decisions import Decision, Verdict
from leeway.spec.plan import compile_slo

STEP_S = 60


SETTLED_S = 3 * DAY_S
TOLD = ("checkout", "catalogue", "invoices-this-month")
"""Stories whose alerts are over."""


def past_alerts(catalog: Catalog, since: float, now: float) -> Iterator[tuple[Alert, Decision]]:
    """Every alert of these stories that is over, with why it was sent or not."""
    goals = {(goal.slo, goal.objective.name): goal.number for goal in catalog.goals}
    library = catalog.library
    slos = {slo.metadata.name: slo for slo in library.slos}
    for story in (one for one in STORIES if one.slo in TOLD):
        rows = story.told(since, now, int(now))
        table = Table.of_one(Owner(story.slo), rows.time, good=rows.good, total=rows.total)
        for told in run([compile_slo(slos[story.slo], library)], library, table, step_s=STEP_S).told:
            kept = told.suppressed_by
            if told.resolved_at is None or told.instead:
                continue  # still up, or the ticket that stands for a held page: one alert, not two
            if told.fired_at < since + SETTLED_S:
                continue  # spans that reach before the first row are judged on what there is
            alert = _alert(told, goals[told.slo, told.objective])
            at = float(alert.fired_at if alert.sent_at is None else alert.sent_at)
            verdict = Verdict.SENT if kept is None else Verdict.KEPT
            words = "told pager" if kept is None else KEPT[kept]
            yield alert, Decision(alert.key, at, verdict, words, kept)


def _alert(told: Told, goal: int) -> Alert:
    return Alert(
        key=f"{told.slo}/{told.objective}/{told.policy}/{told.fired_at}",
        goal=goal,
        slo=told.slo,
        objective=told.objective,
        policy=told.policy,
        severity=told.severity,
        condition=told.condition,
        fired_at=told.fired_at,
        resolved_at=told.resolved_at,
        consumed_ratio=told.consumed_ratio,
        sent_at=told.sent_at,
        suppressed_by=told.suppressed_by,
        reasons=told.reasons,
    )
