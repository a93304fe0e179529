"""Alerts: what is up, what was, what nobody was told of and why; who would be told, with a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from leeway.client.documents import Alert, Delivery
from leeway.client.routes import Route, Told, document
from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid, LeewayError
from leeway.server.api import shapes
from leeway.server.api.alerts import ALERTS
from leeway.server.api.lists import After, page
from leeway.server.api.silences import SEARCHED, alerts_shown, alerts_with_words
from leeway.server.engine_port import EnginePort
from leeway.server.pages import strip, views
from leeway.server.pages.frame import REFRESH_S, Pages
from leeway.server.pages.overview import UP_AT_MOST
from leeway.server.pages.typed import Fault, fault, typed
from leeway.server.safety import FORMS

SHOWN = 25
LONGEST_NAME = 200
Text = Annotated[str, Query(max_length=253)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the alerts that are over; "" is any."""

    severity: str = ""
    slo: str = ""
    policy: str = ""
    told: str = ""
    after: str | None = None
    tested: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A form that was refused: which, what was typed, and why."""

    form: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """SLOs whose alerts of one policy take the same way."""

    route: Route
    slos: tuple[str, ...]


def ways(routes: Sequence[Route]) -> tuple[Way, ...]:
    """Pages first; a policy that names other people for some SLOs has several."""
    found: dict[tuple[str, str, str], list[Route]] = {}
    for one in routes:
        told = "".join(each.model_dump_json() for each in one.told)
        found.setdefault((one.severity, one.policy, told), []).append(one)
    return tuple(Way(found[key][0], tuple(one.slo for one in found[key])) for key in sorted(found))


def recipients(routes: Sequence[Route]) -> tuple[Told, ...]:
    """Everybody who is on any way, by name."""
    found = {each.recipient: each for one in routes for each in one.told}
    return tuple(found[name] for name in sorted(found))


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/alerts`, with every filter in the address, and its two forms."""

    async def shown(request: Request, wanted: Wanted, wrong: Wrong) -> Response:
        up = await alerts_shown(engine, None, up=True, limit=UP_AT_MOST)
        newest = await engine.alarm.alerts(None, up=False, limit=SEARCHED)
        matching = [
            one
            for one in newest
            if wanted.severity in ("", one.severity.value)
            and wanted.slo in ("", one.slo)
            and wanted.policy in ("", one.policy)
            and wanted.told in ("", "no" if one.sent_at is None else "yes")
        ]
        part, more = page(matching, ALERTS, "-at", SHOWN, wanted.after)
        outlook = await engine.alarm.routes.preview()
        routes = [document(one, outlook.heard, outlook.refused) for one in outlook.previews]
        now = made.clock.now()
        drawn = strip.buckets([shapes.alert(one) for one in newest], shapes.moment(now))
        return made.show(
            request,
            "alerts.html",
            wrong.fault.status if wrong.fault else 200,
            refresh=0 if wrong.fault else REFRESH_S,
            up=sorted(up, key=_urgency),
            deliveries=await _deliveries(engine, [one.key for one in up if one.sent_at]),
            past=await alerts_with_words(engine, tuple(part)),
            matching=len(matching),
            more=more,
            wanted=wanted,
            policies=sorted({one.policy for one in newest}),
            slos=sorted({one.slo for one in newest}),
            drawn=drawn,
            strip=strip.strip(drawn),
            said=strip.said(drawn),
            ways=ways(routes),
            recipients=recipients(routes),
            trial=(await _deliveries(engine, [wanted.tested]))[wanted.tested] if wanted.tested else [],
            several=views.of_several(one.slo for one in await engine.statuses(behind=True)),
            wrong=wrong,
        )

    @router.get("/alerts")
    async def listed(
        request: Request,
        severity: Literal["page", "ticket", ""] = "",
        slo: Text = "",
        policy: Text = "",
        told: Literal["yes", "no", ""] = "",
        after: After = None,
        tested: Text = "",
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        return await shown(request, Wanted(severity, slo, policy, told, after, tested), Wrong())

    @router.post(FORMS + "alerts/acknowledge")
    async def acknowledge(request: Request) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        try:
            named(given)
            await engine.alarm.acknowledge(given.get("alert", ""), given["by"])
        except LeewayError as error:
            return await shown(request, Wanted(), Wrong("acknowledge", given, fault(error, "by")))
        return RedirectResponse("/alerts", 303)

    @router.post(FORMS + "alerts/test")
    async def test(request: Request) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        try:
            key = await tested(engine, given)
        except LeewayError as error:
            return await shown(request, Wanted(), Wrong("test", given, fault(error, "by")))
        return RedirectResponse(f"/alerts?{urlencode({'tested': key})}#people", 303)


async def tested(engine: EnginePort, given: dict[str, str]) -> str:
    """Sends the test that a form asks for, and tells its key. Raises Invalid unless it says who asks."""
    named(given)
    severity = Severity.TICKET if given.get("severity") == "ticket" else Severity.PAGE
    return (await engine.alarm.routes.test(given.get("recipient", ""), given["by"], severity))[0]


def named(given: dict[str, str]) -> None:
    """Raises Invalid unless it says who asks."""
    by = given.get("by", "")
    if not by or len(by) > LONGEST_NAME:
        raise Invalid("it says who you are", place="by", mend=f"write your name, in at most {LONGEST_NAME} letters")


def _urgency(one: Alert) -> tuple[bool, bool, float]:
    """Pages first; of these what people were told of; of these the newest."""
    return one.severity != "page", one.sent_at is None, -one.fired_at.timestamp()


async def _deliveries(engine: EnginePort, keys: Sequence[str]) -> defaultdict[str, list[Delivery]]:
    found: defaultdict[str, list[Delivery]] = defaultdict(list)
    for one in await engine.alarm.told(keys):
        found[one.key].append(shapes.delivery(one))
    return found
