"""Maintenance: what is silenced now, later and before; a new silence is looked at before it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from leeway.client.silences import SilenceWish
from leeway.engine.alerts.silences import Silenced
from leeway.errors import Invalid, LeewayError
from leeway.server.api import shapes
from leeway.server.api.silences import wish_of
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import REFRESH_S, Pages
from leeway.server.pages.typed import Fault, fault, read_number, typed
from leeway.server.safety import FORMS

OVER_SHOWN = 50
SLOS_SHOWN = 12
"""So many SLOs of a preview stand in the open."""

STATES = ("in force", "planned", "over")
LENGTHS = (("1800", "30 minutes"), ("3600", "1 hour"), ("7200", "2 hours"), ("28800", "8 hours"), ("86400", "1 day"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that was sent: what was typed, what it would cover, or why it was refused."""

    typed: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    covers: Silenced | None = None


def wish_from(given: dict[str, str]) -> SilenceWish:
    """The wish of the API that a form says. Raises Invalid at the field that cannot be read."""
    for name, what in (("by", "who you are"), ("why", "why: others read it at night")):
        if not given.get(name):
            raise Invalid(f"a silence says {what}", place=name, mend="fill it in")
    labels = given.get("labels", "").replace(",", " ").split()
    start, end = _time(given, "start"), _time(given, "end")
    try:
        return SilenceWish(
            slo=given.get("slo", ""),
            service=given.get("service", ""),
            policy=given.get("policy", ""),
            by=given["by"],
            why=given["why"],
            labels=labels,
            everything=given.get("everything") == "yes",
            start=start,
            end=end,
            lasts_s=None if end else float(given.get("lasts_s") or "nan"),
        )
    except (ValidationError, ValueError) as error:
        raise Invalid("this cannot be read", place="lasts_s", mend="choose a length, or say an end") from error


def _time(given: dict[str, str], name: str) -> datetime | None:
    """What a field of date and time holds: UTC, as the label says."""
    text = given.get(name, "")
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid("this is no time", place=name, mend="write 2026-11-22T18:00, in UTC") from error
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/silences` and its forms."""

    async def shown(request: Request, asked: Asked) -> Response:
        now = made.clock.now()
        found = [shapes.silence(one, now) for one in await engine.alarm.silences.silences(over=True)]
        groups = {state: [one for one in found if one.state == state] for state in STATES}
        groups["over"] = groups["over"][:OVER_SHOWN]
        statuses = await engine.statuses(behind=True)
        watched = engine.alarm.watched
        covers = asked.covers
        return made.show(
            request,
            "silences.html",
            asked.fault.status if asked.fault else 200,
            refresh=0 if asked.typed else REFRESH_S,
            groups=groups,
            slos=sorted({one.slo for one in statuses}),
            services=sorted({one.service for one in statuses}),
            watched=bool(watched),
            lengths=LENGTHS,
            most=SLOS_SHOWN,
            asked=asked,
            covers=covers,
            silence=shapes.silence(covers.silence, now) if covers else None,
            touched=[shapes.alert(one) for one in covers.alerts] if covers else [],
        )

    @router.get("/silences")
    async def listed(
        request: Request,
        slo: str = "",
        start: str = "",
        end: str = "",
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        """With a form that is filled in already, as a chart does of a span that somebody chose on it."""
        wish = {"slo": slo, "start": start, "end": end}
        return await shown(request, Asked({name: text for name, text in wish.items() if text}))

    @router.post(FORMS + "silences/add")
    async def added(request: Request) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        sure = given.get("do") == "keep"
        try:
            covers = await engine.alarm.silences.add(wish_of(wish_from(given)), dry_run=not sure)
        except LeewayError as error:
            return await shown(request, Asked(given, fault(error)))
        return RedirectResponse("/silences", 303) if sure else await shown(request, Asked(given, covers=covers))

    @router.post(FORMS + "silences/end")
    async def ended(request: Request) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        try:
            number = read_number(given.get("number", ""), "silence")
            await engine.alarm.silences.end(number, given.get("by", ""))
        except LeewayError as error:
            return await shown(request, Asked(given, fault(error, "ended")))
        return RedirectResponse("/silences", 303)
