"""The part of the API about who would be told: looked at, and tried, before it is needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from leeway.client.documents import Items
from leeway.client.routes import Route, Trial, TrialWish, document
from leeway.core.alerting.policy import Severity
from leeway.server.api.lists import After, Limit, Orders, page, sorting
from leeway.server.engine_port import EnginePort
from leeway.spec.preview import Preview

ROUTES: Orders[Preview] = {
    "slo": lambda one: (one.slo, one.policy),
    "policy": lambda one: (one.policy, one.slo),
    "people": lambda one: (one.people, one.slo, one.policy),
}


def ways(api: APIRouter, engine: EnginePort) -> None:
    """Adds the addresses."""

    @api.get("/routes", summary="Who would be told of what, how many people these are, and who never takes a page")
    async def routes(
        slo: Annotated[str | None, Query(description="Of this SLO only")] = None,
        policy: Annotated[str | None, Query(description="By this alert policy only")] = None,
        sort: Annotated[str, sorting(ROUTES)] = "slo",
        limit: Limit = None,
        after: After = None,
    ) -> Items[Route]:
        found = await engine.alarm.routes.preview(slo, policy)
        shown, more = page(found.previews, ROUTES, sort, limit, after)
        return Items(items=[document(one, found.heard, found.refused) for one in shown], next=more)

    @api.post("/routes/test", summary="Send a test to the Recipient of exactly this name, and to nobody else")
    async def test(wish: TrialWish) -> Trial:
        key, recipient = await engine.alarm.routes.test(wish.recipient, wish.by, Severity(wish.severity))
        return Trial(key=key, recipient=wish.recipient, channel=recipient.channel, people=recipient.people)
