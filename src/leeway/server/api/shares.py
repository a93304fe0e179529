"""The part of the API about shares of an SLO."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends

from leeway.client import shares as docs
from leeway.client.documents import Items
from leeway.engine.sharing import Shares
from leeway.ports.answers import AnswerStore
from leeway.ports.clock import Clock
from leeway.ports.shares import Share
from leeway.server.access.deeds import Deeds
from leeway.server.api import lists, shapes
from leeway.server.api.again import repeatable
from leeway.server.api.parameters import Number, only_declared

ORDERS: lists.Orders[Share] = {
    "number": lambda one: (one.number,),
    "expires_at": lambda one: (one.expires_at, one.number),
}


def shares(found: Shares, deeds: Deeds, answers: AnswerStore, clock: Clock) -> APIRouter:
    """All of it."""
    api = APIRouter(
        prefix="/api/v1/slos/{slo}/shares",
        dependencies=[Depends(only_declared)],
        route_class=repeatable(answers, clock),
    )

    @api.get("", summary="The links by which anybody sees this SLO")
    async def listed(
        slo: str,
        sort: Annotated[str, lists.sorting(ORDERS)] = "-number",
        limit: lists.Limit = None,
        after: lists.After = None,
    ) -> Items[docs.Share]:
        some, more = lists.page(await found.shares(slo), ORDERS, sort, limit, after)
        return Items(items=[share(one) for one in some], next=more)

    @api.post("", summary="Let anybody who has the link see this SLO for some days", status_code=201)
    async def make(slo: str, wish: docs.ShareWish) -> docs.Shared:
        made, secret = await made_by(found, deeds, slo, wish.days, wish.by)
        return docs.Shared(share=share(made), link=link(secret), badge=badge(slo, secret))

    @api.delete("/{number}", summary="End a link: from now on it shows nothing")
    async def end(slo: str, number: Number) -> docs.Share:
        return share(await ended_by(found, deeds, slo, number))

    return api


async def made_by(found: Shares, deeds: Deeds, slo: str, days: float, by: str) -> tuple[Share, str]:
    """A new one, and its secret; the log has neither that nor its digest."""
    made, secret = await found.make(slo, days, deeds.by(by))
    await deeds.note("share", slo, "", f"link {made.number}, for {days:g} days", by)
    return made, secret


async def ended_by(found: Shares, deeds: Deeds, slo: str, number: int) -> Share:
    """It shows nothing from now on."""
    gone = await found.end(slo, number)
    await deeds.note("end share", slo, f"link {number}", "")
    return gone


def share(value: Share) -> docs.Share:
    """As people read it."""
    return docs.Share(
        number=value.number,
        slo=value.slo,
        by=value.by,
        made_at=shapes.moment(value.made_at),
        expires_at=shapes.moment(value.expires_at),
    )


def link(secret: str) -> str:
    """The address of what is shared, on this server."""
    return f"/shared/{secret}"


def badge(slo: str, secret: str = "") -> str:
    """The address of a badge, on this server."""
    return f"/badge/{quote(slo, safe='')}.svg" + (f"?share={secret}" if secret else "")
