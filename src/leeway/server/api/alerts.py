"""The part of the API about alerts: what is up, who was told, and who takes it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from leeway.client import documents as docs
from leeway.ports.alerts import Alert
from leeway.ports.outbox import Delivery
from leeway.server.api import shapes
from leeway.server.api.lists import After, Limit, Orders, page, sorting
from leeway.server.api.silences import alerts_with_words
from leeway.server.engine_port import EnginePort

SEARCHED = 10_000
"""The newest alerts, of which some are looked for."""

ALERTS: Orders[Alert] = {
    "at": lambda one: (one.fired_at, one.key),
    "-at": lambda one: (-one.fired_at, one.key),  # as the store has them
    "slo": lambda one: (one.slo, one.fired_at, one.key),
    "severity": lambda one: (one.severity.value, one.fired_at, one.key),
    "consumed": lambda one: (one.consumed_ratio, one.fired_at, one.key),
}
DELIVERIES: Orders[Delivery] = {
    "at": lambda one: (one.due_at, one.number),
    "recipient": lambda one: (one.recipient, one.due_at, one.number),
}


def alerts(api: APIRouter, engine: EnginePort) -> None:
    """Adds the addresses."""

    @api.get("/alerts", summary="Alerts, the newest first")
    async def listed(
        slo: Annotated[str | None, Query(description="Of this SLO only")] = None,
        up: Annotated[bool, Query(description="Without those that are resolved")] = False,
        policy: Annotated[str | None, Query(description="Of this policy only")] = None,
        severity: Annotated[Literal["page", "ticket"] | None, Query(description="Only these")] = None,
        sort: Annotated[str, sorting(ALERTS)] = "-at",
        limit: Annotated[int, Query(ge=1, le=SEARCHED)] = 100,
        after: After = None,
    ) -> docs.Items[docs.Alert]:
        plain = after is None and policy is None and severity is None and sort == "-at"
        newest = await engine.alarm.alerts(slo, up=up, limit=limit + 1 if plain else SEARCHED)
        found = [one for one in newest if policy in (None, one.policy) and severity in (None, one.severity.value)]
        shown, more = page(found, ALERTS, sort, limit, after)
        return docs.Items(items=await alerts_with_words(engine, tuple(shown)), next=more)

    @api.get("/deliveries", summary="What was said of one alert, to whom, and whether it arrived")
    async def deliveries(
        alert: Annotated[str, Query(description="The alert's key")],
        recipient: Annotated[str | None, Query(description="To this Recipient only")] = None,
        sort: Annotated[str, sorting(DELIVERIES)] = "at",
        limit: Limit = None,
        after: After = None,
    ) -> docs.Items[docs.Delivery]:
        found = [one for one in await engine.alarm.deliveries(alert) if recipient in (None, one.recipient)]
        shown, more = page(found, DELIVERIES, sort, limit, after)
        return docs.Items(items=[shapes.delivery(one) for one in shown], next=more)

    @api.post("/acknowledge", summary="Take an alert, or all told of together: others see who looks after them")
    async def acknowledge(wish: docs.AcknowledgeWish) -> docs.Items[docs.Alert]:
        return docs.Items(items=[shapes.alert(one) for one in await engine.alarm.acknowledge(wish.alert, wish.by)])
