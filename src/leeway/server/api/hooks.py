"""The part of the API about hooks: subscriptions to events, and how deliveries fare."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from leeway.client import hooks as docs
from leeway.client.documents import Items
from leeway.engine.hooks import Hooks, Known
from leeway.ports.answers import AnswerStore
from leeway.ports.clock import Clock
from leeway.ports.hooks import Delivery, Fate, Hook, Kind
from leeway.server.access.deeds import Deeds
from leeway.server.api import lists, shapes
from leeway.server.api.again import repeatable
from leeway.server.api.parameters import Number, only_declared

HOOKS: lists.Orders[Known] = {"number": lambda one: (one.hook.number,)}


def hooks(found: Hooks, deeds: Deeds, answers: AnswerStore, clock: Clock) -> APIRouter:
    """All of it."""
    api = APIRouter(
        prefix="/api/v1/hooks", dependencies=[Depends(only_declared)], route_class=repeatable(answers, clock)
    )
    _subscribing(api, found, deeds)
    _delivering(api, found, deeds)
    return api


def _subscribing(api: APIRouter, found: Hooks, deeds: Deeds) -> None:
    @api.get("", summary="Who subscribed to events, and whether they get them")
    async def listed(
        sort: Annotated[str, lists.sorting(HOOKS)] = "number", limit: lists.Limit = None, after: lists.After = None
    ) -> Items[docs.Hook]:
        some, more = lists.page(await found.hooks(), HOOKS, sort, limit, after)
        return Items(items=[hook(one) for one in some], next=more)

    @api.post("", summary="Subscribe to what happens from now on", status_code=201)
    async def add(wish: docs.HookWish) -> docs.Hook:
        made = await found.add(_wish(wish, deeds.by(wish.by)))
        await deeds.note("add hook", f"hook {made.hook.number}", "", _told(made), wish.by)
        return hook(made)

    @api.get("/{number}", summary="One subscription")
    async def one(number: Number) -> docs.Hook:
        return hook(await found.hook(number))

    @api.put("/{number}", summary="Change a subscription; what waits for it is kept")
    async def change(number: Number, wish: docs.HookWish) -> docs.Hook:
        before = await found.hook(number)
        made = await found.change(number, _wish(wish, deeds.by(wish.by)))
        await deeds.note("change hook", f"hook {number}", _told(before), _told(made), wish.by)
        return hook(made)

    @api.delete("/{number}", summary="End a subscription; what waits for it is dropped")
    async def remove(number: Number) -> docs.Hook:
        gone = await found.remove(number)
        await deeds.note("remove hook", f"hook {number}", _told(gone), "")
        return hook(gone)


def _delivering(api: APIRouter, found: Hooks, deeds: Deeds) -> None:
    @api.post("/{number}/test", summary="Send a test, once", status_code=202)
    async def test(number: Number, wish: docs.TestWish) -> docs.HookDelivery:
        sent = await found.test(number, deeds.by(wish.by))
        await deeds.note("test hook", f"hook {number}", "", f"delivery {sent.number}", wish.by)
        return shown(sent)

    @api.get("/{number}/deliveries", summary="How deliveries fare, the newest first")
    async def deliveries(
        number: Number,
        state: Annotated[docs.DeliveryState | None, Query(description="In this state only")] = None,
        limit: Annotated[int, Query(ge=1, le=1_000, description="At most so many")] = 100,
        after: lists.After = None,
    ) -> Items[docs.HookDelivery]:
        fate = None if state is None else Fate(state)
        listed = await found.deliveries(number, fate=fate, limit=limit + 1, before=lists.number_of(after))
        more = str(listed[limit - 1].number) if len(listed) > limit else None
        return Items(items=[shown(one) for one in listed[:limit]], next=more)

    @api.get("/{number}/deliveries/{delivery}", summary="How one delivery fares")
    async def delivery(number: Number, delivery: Number) -> docs.HookDelivery:
        return shown(await found.delivery(number, delivery))

    @api.post("/{number}/deliveries/{delivery}/redeliver", summary="Send it again, under the same id", status_code=202)
    async def again(number: Number, delivery: Number) -> docs.HookDelivery:
        sent = await found.redeliver(number, delivery)
        await deeds.note("redeliver", f"hook {number}", "", f"delivery {delivery}")
        return shown(sent)


def hook(value: Known) -> docs.Hook:
    """As people read it; a query of the address may be a secret."""
    one = value.hook
    address, sign, _ = one.url.partition("?")
    return docs.Hook.model_validate(
        {
            "number": one.number,
            "recipient": one.recipient,
            "url": f"{address}?•••" if sign else address,
            "secret": dict(one.secret) or None,
            "kinds": [kind.value for kind in one.kinds],
            "slos": one.slos,
            "projects": one.projects,
            "active": one.active,
            "by": one.by,
            "at": shapes.moment(one.at),
            "waiting": value.count.waiting,
            "given_up": value.count.given_up,
        }
    )


def shown(value: Delivery) -> docs.HookDelivery:
    """As people read it."""
    return docs.HookDelivery(
        number=value.number,
        hook=value.parcel.hook,
        event=value.parcel.event,
        type=value.parcel.type,
        subject=value.parcel.subject,
        at=shapes.moment(value.parcel.at),
        state=value.fate.value,
        attempts=value.attempts,
        next_at=shapes.moment(value.due_at),
        delivered_at=shapes.moment(value.delivered_at),
        status=value.status,
        answer=value.answer,
        error=value.error,
    )


def _told(known: Known) -> str:
    """For the audit log."""
    one = hook(known)
    wanted = [*one.kinds, *one.slos, *(f"project {name}" for name in one.projects)]
    return f"{one.recipient or one.url}: {', '.join(wanted) or 'everything'}{'' if one.active else ', paused'}"


def _wish(wish: docs.HookWish, by: str) -> Hook:
    secret = wish.secret.model_dump(mode="json", exclude_none=True) if wish.secret else {}
    return Hook(
        0,
        wish.recipient,
        wish.url,
        secret,
        tuple(dict.fromkeys(Kind(one) for one in wish.kinds)),
        tuple(dict.fromkeys(wish.slos)),
        tuple(dict.fromkeys(wish.projects)),
        wish.active,
        by,
        0.0,
    )
