"""Settings: how Leeway itself fares, and by which channels it reaches whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from leeway.client.documents import Delivery
from leeway.errors import LeewayError
from leeway.ports.outbox import Heard
from leeway.server.api import shapes
from leeway.server.engine_port import EnginePort
from leeway.server.looking import look
from leeway.server.pages.alerts import Wrong
from leeway.server.pages.alerts import tested as trial
from leeway.server.pages.frame import REFRESH_S, Pages
from leeway.server.pages.typed import fault, typed
from leeway.server.safety import FORMS
from leeway.spec.documents import Kind, Recipient

EACH = 5
"""So many messages of each Recipient are listed."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A Recipient, who names it, and how its last messages fared; `refused` is why nothing would be sent."""

    name: str
    recipient: Recipient
    policies: Sequence[str]
    heard: Heard
    refused: str
    last: Sequence[Delivery]

    @property
    def trouble(self) -> str:
        """Why it is not reached, "" if nothing speaks against it."""
        failed = next((one for one in self.last if one.error and one.sent_at is None), None)
        newest = self.last[0] if self.last else None
        return self.refused or (failed.error if failed is not None and failed is newest else "")


async def reached(engine: EnginePort) -> tuple[Reached, ...]:
    """Every Recipient that whoever asks may see; in trouble first, then by name."""
    outlook = await engine.alarm.routes.preview()
    policies: defaultdict[str, set[str]] = defaultdict(set)
    for one in outlook.previews:
        for stop in one.stops:
            policies[stop.leg.recipient].add(one.policy)
    last: defaultdict[str, list[Delivery]] = defaultdict(list)
    for each in await engine.alarm.newest(each=EACH):
        last[each.recipient].append(shapes.delivery(each))
    names = [one.name for one in await engine.documents() if one.kind == Kind.RECIPIENT]
    known = ((name, engine.library.recipient(name)) for name in names)
    found = [
        Reached(
            name,
            recipient,
            sorted(policies[name]),
            outlook.heard.get(name, Heard(0, 0)),
            outlook.refused.get(name, ""),
            last[name],
        )
        for name, recipient in known
        if recipient is not None
    ]
    return tuple(sorted(found, key=lambda one: (not one.trouble, one.name)))


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/settings` and its tabs, and the form that tests a channel."""

    async def channels(request: Request, tested: str, wrong: Wrong) -> Response:
        shown = await reached(engine)
        return made.show(
            request,
            "settings/channels.html",
            wrong.fault.status if wrong.fault else 200,
            refresh=0 if wrong.fault else REFRESH_S,
            reached=shown,
            trial=[shapes.delivery(one) for one in await engine.alarm.told([tested])] if tested else [],
            tested=tested,
            wrong=wrong,
        )

    @router.get("/settings")
    async def index(request: Request) -> Response:
        found = await look(engine, made.clock, made.data)
        shown = await reached(engine)
        return made.show(request, "settings/index.html", checks=found, reached=shown)

    @router.get("/settings/channels")
    async def listed(
        request: Request,
        tested: Annotated[str, Query(max_length=300)] = "",
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        return await channels(request, tested, Wrong())

    @router.post(FORMS + "settings/channels/test")
    async def test(request: Request) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        try:
            key = await trial(engine, given)
        except LeewayError as error:
            return await channels(request, "", Wrong("test", given, fault(error, "by")))
        return RedirectResponse(f"/settings/channels?{urlencode({'tested': key})}", 303)

    @router.get("/settings/health")
    async def health(request: Request, refresh: str = "on") -> Response:  # noqa: ARG001  # read by the frame
        found = await look(engine, made.clock, made.data)
        return made.show(request, "settings/health.html", refresh=REFRESH_S, checks=found)
