"""The part of the API about what is kept from people: silences, and every decision about an alert."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

from fastapi import APIRouter, Query

from leeway.client import documents as docs
from leeway.client.silences import Decided, Silence, Silenced, SilenceWish
from leeway.core.alerting.silence import Scope
from leeway.core.alerting.silence import Silence as Kept
from leeway.engine.alerts import silences as wishes
from leeway.ports.alerts import Alert
from leeway.ports.clock import Clock
from leeway.ports.decisions import Decision
from leeway.server.api import shapes
from leeway.server.api.lists import After, Orders, page, sorting
from leeway.server.api.lists import Limit as AnyLimit
from leeway.server.api.parameters import Number, instant
from leeway.server.engine_port import EnginePort
from leeway.server.problems import Misread

By = Annotated[str, Query(min_length=1, max_length=200, description="Who ends it; kept for the record")]
SEARCHED = 10_000
"""The newest alerts, of which some are looked for."""

Limit = Annotated[int, Query(ge=1, le=SEARCHED)]
BY_TIME: Orders[Alert] = {
    "at": lambda one: (one.fired_at, one.key),
    "-at": lambda one: (-one.fired_at, one.key),  # as the store has them
}
SILENCES: Orders[Kept] = {
    "number": lambda one: (one.number,),
    "starts_at": lambda one: (one.starts_at, one.number),
    "ends_at": lambda one: (one.ends_at, one.number),
}


def silences(api: APIRouter, engine: EnginePort, clock: Clock) -> None:
    """Adds the addresses."""

    @api.get("/slos/{slo}/decisions", summary="Alerts of one SLO with what was decided about each, newest first")
    async def decisions(
        slo: str,
        sort: Annotated[str, sorting(BY_TIME)] = "-at",
        limit: Limit = 100,
        after: After = None,
    ) -> docs.Items[Decided]:
        plain = after is None and sort == "-at"
        found = await engine.alarm.alerts(slo, up=False, limit=limit + 1 if plain else SEARCHED)
        if not found:
            await engine.status(slo)  # NotFound for a name that never was one
        shown, more = page(found, BY_TIME, sort, limit, after)
        return docs.Items(items=await _decided(engine, tuple(shown)), next=more)

    @api.get("/silences", summary="What is silenced, now or later, the newest first")
    async def listed(
        over: Annotated[bool, Query(description="Those that are over too")] = False,
        slo: Annotated[str | None, Query(description="That name this SLO only")] = None,
        sort: Annotated[str, sorting(SILENCES)] = "-number",
        limit: AnyLimit = None,
        after: After = None,
    ) -> docs.Items[Silence]:
        now = clock.now()
        found = [one for one in await engine.alarm.silences.silences(over=over) if slo in (None, one.scope.slo)]
        shown, more = page(found, SILENCES, sort, limit, after)
        return docs.Items(items=[shapes.silence(one, now) for one in shown], next=more)

    @api.post("/silences", summary="Keep alerts from people for a time; tells what it covers")
    async def add(wish: SilenceWish) -> Silenced:
        made = await engine.alarm.silences.add(wish_of(wish), dry_run=wish.dry_run)
        noted = await _noted(engine, made.alerts)
        alerts = [shapes.alert(one, next(iter(noted[one.key]), None)) for one in made.alerts]
        silence = shapes.silence(made.silence, clock.now())
        return Silenced(silence=silence, objectives=made.objectives, slos=list(made.slos), alerts=alerts)

    @api.delete("/silences/{number}", summary="End a silence now, or call it off; it stays for the record")
    async def end(number: Number, by: By) -> Silence:
        return shapes.silence(await engine.alarm.silences.end(number, by), clock.now())


async def alerts_shown(engine: EnginePort, slo: str | None, *, up: bool, limit: int) -> list[docs.Alert]:
    """Alerts, each with the words of the newest decision about it."""
    return await alerts_with_words(engine, await engine.alarm.alerts(slo, up=up, limit=limit))


async def alerts_with_words(engine: EnginePort, alerts: tuple[Alert, ...]) -> list[docs.Alert]:
    """These alerts, as above."""
    noted = await _noted(engine, alerts)
    return [shapes.alert(one, next(iter(noted[one.key]), None)) for one in alerts]


async def decided(engine: EnginePort, slo: str, *, limit: int) -> list[Decided]:
    """The newest alerts of one SLO, those that are over too, with every decision about them."""
    return await _decided(engine, await engine.alarm.alerts(slo, up=False, limit=limit))


async def _decided(engine: EnginePort, alerts: tuple[Alert, ...]) -> list[Decided]:
    noted = await _noted(engine, alerts)
    return [
        Decided(
            alert=shapes.alert(one, next(iter(noted[one.key]), None)),
            decisions=[shapes.decision(each) for each in noted[one.key]],
        )
        for one in alerts
    ]


async def _noted(engine: EnginePort, alerts: tuple[Alert, ...]) -> defaultdict[str, list[Decision]]:
    noted: defaultdict[str, list[Decision]] = defaultdict(list)
    for one in await engine.alarm.decisions(alerts):
        noted[one.alert].append(one)
    return noted


def wish_of(wish: SilenceWish) -> wishes.SilenceWish:
    """What the engine is asked; Misread for a label or a time that is none."""
    labels = []
    for label in wish.labels:
        key, sign, value = label.partition("=")
        if not (key and sign):
            raise Misread(f"{label[:60]!r} is no label", place="labels", mend="write key=value")
        labels.append((key, value))
    return wishes.SilenceWish(
        Scope(wish.slo, wish.service, wish.policy, tuple(labels)),
        wish.by,
        wish.why,
        instant(wish.start, "start"),
        instant(wish.end, "end"),
        wish.lasts_s,
        wish.everything,
    )
