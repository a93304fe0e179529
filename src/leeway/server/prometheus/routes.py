"""The addresses below `/api/v1/prom`: what a data source of Grafana, promtool or a client of Prometheus asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from leeway.engine.series import ALERT_UP, FAMILIES, Misasked, Unanswerable, selector
from leeway.engine.series.line import Labels
from leeway.errors import Invalid, LeewayError, Transient
from leeway.ports.clock import Clock
from leeway.server.engine_port import EnginePort
from leeway.server.prometheus import rules, shapes
from leeway.server.prometheus.parameters import LATEST, Form, form_of
from leeway.version import VERSION

PREFIX = "/api/v1/prom"
SPEAKS = "2.42.0"
"""The version of Prometheus whose interface this is: clients ask, to know what they may use."""

MOST_ALERTS = 10_000
CHOICE = ("match[]", "start", "end")

Ask = Callable[[Form], Awaitable[shapes.Told]]


def prometheus(engine: EnginePort, clock: Clock) -> APIRouter:
    """All of it only reads, also what is sent by POST."""
    api = APIRouter(prefix=f"{PREFIX}/api/v1", tags=["Prometheus"])
    _queries(api, engine, clock)
    _lists(api, engine)
    _alerts(api, engine)
    _constants(api)
    return api


def _queries(api: APIRouter, engine: EnginePort, clock: Clock) -> None:
    async def query(form: Form) -> shapes.Told:
        answer = await engine.series.ask(form.text("query"), [form.time("time", clock.now())])
        return await asyncio.to_thread(lambda: shapes.success(shapes.instant(answer), answer.warnings))

    async def query_range(form: Form) -> shapes.Told:
        answer = await engine.series.ask(form.text("query"), form.moments())
        return await asyncio.to_thread(lambda: shapes.success(shapes.matrix(answer), answer.warnings))

    _route(api, "/query", query, "An expression at one moment", ("query!", "time"), post=True)
    span = ("query!", "start!", "end!", "step!")
    _route(api, "/query_range", query_range, "An expression at many moments", span, post=True)


def _lists(api: APIRouter, engine: EnginePort) -> None:
    async def chosen(form: Form) -> tuple[Labels, ...]:
        selectors = [selector(text) for text in form.all("match[]")]
        return await engine.series.labels(selectors, form.time("start", -LATEST), form.time("end", LATEST))

    async def series(form: Form) -> shapes.Told:
        if not form.all("match[]"):
            raise Invalid("no match[] parameter provided")
        return shapes.success([shapes.labelled(one) for one in await chosen(form)])

    async def labels(form: Form) -> shapes.Told:
        return shapes.success(sorted({name for one in await chosen(form) for name, _ in one}))

    _route(api, "/series", series, "The series that selectors choose", ("match[]!", "start", "end"), post=True)
    _route(api, "/labels", labels, "The names of labels", CHOICE, post=True)

    @api.get(
        "/label/{name}/values",
        summary="The values of one label",
        response_class=shapes.Told,
        openapi_extra=_described(CHOICE, "query"),
    )
    async def values(name: str, request: Request) -> Response:
        async def ask(form: Form) -> shapes.Told:
            return shapes.success(sorted({value for one in await chosen(form) for held, value in one if held == name}))

        return await _answered(request, ask)


def _alerts(api: APIRouter, engine: EnginePort) -> None:
    async def listed(form: Form) -> shapes.Told:
        wanted = form.text("type")
        if wanted not in {"", "alert", "record"}:
            raise Invalid(f"not supported value {wanted!r}")
        up = await engine.alarm.alerts(None, up=True, limit=MOST_ALERTS)
        watched = () if wanted == "record" else engine.alarm.watched
        return shapes.success({"groups": rules.groups(watched, up, engine.health().evaluated_at)})

    async def alerts(_form: Form) -> shapes.Told:
        up = await engine.alarm.alerts(None, up=True, limit=MOST_ALERTS)
        return shapes.success({"alerts": rules.alerts(engine.alarm.watched, up)})

    _route(api, "/rules", listed, "The policies in force, and what is up, as alerting rules", ("type",))
    _route(api, "/alerts", alerts, "The alerts that are up")


def _constants(api: APIRouter) -> None:
    async def metadata(form: Form) -> shapes.Told:
        told = {family.name: family.told for family in FAMILIES} | dict([ALERT_UP])
        asked = form.text("metric")
        shown = {name: text for name, text in told.items() if asked in ("", name)}
        return shapes.success({name: [{"type": "gauge", "help": text, "unit": ""}] for name, text in shown.items()})

    async def buildinfo(_form: Form) -> shapes.Told:
        build = {"version": SPEAKS, "revision": VERSION, "branch": "leeway"}
        return shapes.success(build | {"buildUser": "", "buildDate": "", "goVersion": ""})

    _route(api, "/metadata", metadata, "What the series mean", ("metric",))
    _route(api, "/status/buildinfo", buildinfo, "The version of Prometheus whose interface this is")


def _route(
    api: APIRouter, path: str, ask: Ask, summary: str, takes: tuple[str, ...] = (), *, post: bool = False
) -> None:
    """`takes` are the parameters, in the address or in a form; `!` ends those that are needed."""

    async def handle(request: Request) -> Response:
        return await _answered(request, ask)

    for method in ("GET", "POST") if post else ("GET",):
        name = f"prometheus_{path.strip('/').replace('/', '_')}_{method.lower()}"
        api.add_api_route(
            path,
            handle,
            methods=[method],
            summary=summary,
            operation_id=name,
            response_class=shapes.Told,
            openapi_extra=_described(takes, "query" if method == "GET" else "form"),
        )


def _described(takes: tuple[str, ...], place: str) -> dict[str, Any]:
    """The parameters as OpenAPI has them: a handler reads them itself, as Prometheus does, and ignores what is more."""
    answers: dict[str, Any] = {"responses": shapes.DESCRIBED}
    text = {"type": "string"}
    kinds = {name.rstrip("!"): {"type": "array", "items": text} if "[]" in name else text for name in takes}
    needed = [name.rstrip("!") for name in takes if name.endswith("!")]
    if place == "form":
        form = {"schema": {"type": "object", "properties": kinds, "required": needed}}
        return answers | {
            "requestBody": {"required": bool(needed), "content": {"application/x-www-form-urlencoded": form}}
        }
    named = [{"name": name, "in": place, "required": name in needed, "schema": kinds[name]} for name in kinds]
    return answers | {"parameters": named}


async def _answered(request: Request, ask: Ask) -> Response:
    """The answer, or the error as Prometheus would put it."""
    asking = "query" if "/query" in request.url.path else "match[]"
    try:
        return await ask(await form_of(request))
    except Misasked as error:
        return shapes.failure(400, "bad_data", f'invalid parameter "{asking}": {error.message}')
    except Unanswerable as error:
        return shapes.failure(422, "execution", error.message)
    except Invalid as error:
        return shapes.failure(400, "bad_data", error.message)
    except Transient as error:
        return shapes.failure(503, "unavailable", str(error))
    except LeewayError as error:
        return shapes.failure(500, "internal", str(error))
