"""The part of the API that charts are drawn from, and what people write on them."""

from __future__ import annotations

import asyncio
import zlib
from typing import Annotated

import msgspec
import numpy as np
from fastapi import APIRouter, Query, Request, Response

from leeway.client import charts as docs
from leeway.client.documents import Items
from leeway.engine import charts
from leeway.engine.charts.annotations import AnnotationWish
from leeway.ports.alerts import Alert
from leeway.ports.annotations import Annotation
from leeway.server.api import lists, shapes
from leeway.server.api.listing import GZIP_WBITS, LITTLE_EFFORT, PACKED_FROM
from leeway.server.api.parameters import Number, epoch, instant, whole
from leeway.server.engine_port import EnginePort

TIME = "RFC 3339 with a zone, or epoch seconds"
MOST = 50_000
MOST_STEP_S = 366 * 86_400
DIGITS = 9
"""After the point, of a value that is drawn: a millionth of a pixel."""

EVER = 1e11
"""Epoch seconds that no time of a request reaches."""

ORDERS: lists.Orders[Annotation] = {"at": lambda one: (one.starts_at, one.number)}

Objective = Annotated[str | None, Query(description="Its name; the first if it is left out")]
From = Annotated[str | None, Query(alias="from", description=f"{TIME}; where the window begins if it is left out")]
To = Annotated[str | None, Query(description=f"{TIME}; now if it is left out")]


def drawing(api: APIRouter, engine: EnginePort) -> None:
    """Adds the addresses."""

    @api.get(
        "/slos/{slo}/series", summary="Curves over time, with what is drawn around them", response_model=docs.Chart
    )
    async def series(
        request: Request,
        slo: str,
        objective: Objective = None,
        metrics: Annotated[str, Query(description=f"Some of {', '.join(charts.METRICS)}")] = "remaining",
        start: From = None,
        to: To = None,
        step: Annotated[
            int | None, Query(ge=60, le=MOST_STEP_S, description="Seconds between moments; as fine as can be")
        ] = None,
        known_at: Annotated[str | None, Query(description=f"As known then; {TIME}")] = None,
        max_points: Annotated[int, Query(ge=1, le=MOST, description="Moments at most")] = 1_000,
    ) -> Response:
        names = tuple(dict.fromkeys(name.strip() for name in metrics.split(",") if name.strip()))
        span, then = (whole(start, "from"), whole(to, "to")), epoch(known_at, "known_at")
        wanted = charts.Wanted(names, *span, step, then, max_points)
        chart = await engine.charts.chart(slo, objective, wanted)
        return await asyncio.to_thread(_written, _chart(chart), chart.curves, request)

    @api.get("/slos/{slo}/annotations", summary="What people wrote on the charts of an SLO")
    async def annotations(
        slo: str,
        start: Annotated[str | None, Query(alias="from", description=TIME)] = None,
        to: Annotated[str | None, Query(description=TIME)] = None,
        sort: Annotated[str, lists.sorting(ORDERS)] = "at",
        limit: lists.Limit = None,
        after: lists.After = None,
    ) -> Items[docs.Annotation]:
        begin, end = epoch(start, "from"), epoch(to, "to")
        found = await engine.annotations.annotations(
            slo, -EVER if begin is None else begin, EVER if end is None else end
        )
        shown, more = lists.page(found, ORDERS, sort, limit, after)
        return Items(items=[annotation(one) for one in shown], next=more)

    @api.post("/slos/{slo}/annotations", summary="Write on the charts of an SLO what happened", status_code=201)
    async def annotate(slo: str, wish: docs.AnnotationWish) -> docs.Annotation:
        asked = AnnotationWish(wish.text, wish.by, instant(wish.start, "start"), instant(wish.end, "end"))
        return annotation(await engine.annotations.add(slo, asked))

    @api.delete("/slos/{slo}/annotations/{number}", summary="Take an annotation away")
    async def unwrite(slo: str, number: Number) -> docs.Annotation:
        return annotation(await engine.annotations.remove(slo, number))


def _written(told: docs.Chart, curves: charts.Curves, request: Request) -> Response:
    tree = told.model_dump(mode="json")
    values = {name: np.round(each, DIGITS).tolist() for name, each in curves.values.items()}
    tree["series"] = {"at": curves.at.tolist()} | values
    body, headers = msgspec.json.encode(tree), {"vary": "accept-encoding"}
    if len(body) >= PACKED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        packer = zlib.compressobj(LITTLE_EFFORT, wbits=GZIP_WBITS)
        body, headers = packer.compress(body) + packer.flush(), headers | {"content-encoding": "gzip"}
    return Response(body, 200, headers, "application/json")


def _chart(value: charts.Chart) -> docs.Chart:
    objective, curves = value.goal.objective, value.curves
    return docs.Chart(
        slo=value.goal.slo,
        objective=objective.name,
        target=float(objective.target),
        unit="events" if objective.method.counts_events else "slices",
        start=shapes.moment(curves.span.start),
        end=shapes.moment(curves.span.end),
        window=shapes.span(curves.window.start, curves.window.end),
        step_s=curves.step_s,
        thinned=curves.thinned,
        series={},
        thresholds=[
            docs.Threshold(
                policy=one.policy,
                severity=one.severity.value,
                burn_rate=one.burn_rate,
                long_s=one.long_s,
                short_s=one.short_s,
            )
            for one in value.thresholds
        ],
        ideal=[
            docs.Even(at=shapes.moment(curves.window.start), remaining=1),
            docs.Even(at=shapes.moment(curves.window.end), remaining=0),
        ],
        forecast=[_left(one) for one in value.ahead],
        alerts=[alert_band(one) for one in value.alerts],
        silences=[
            docs.SilenceBand(
                number=one.number,
                start=shapes.moment(one.starts_at),
                end=shapes.moment(one.ends_at),
                by=one.who,
                why=one.why,
            )
            for one in value.silences
        ],
        unknown=[shapes.span(one.start, one.end) for one in curves.unknown],
        annotations=[annotation(one) for one in value.annotations],
    )


def _left(value: charts.Left) -> docs.Left:
    (low80, high80), (low95, high95) = value.band80 or (None, None), value.band95 or (None, None)
    return docs.Left(
        at=shapes.moment(value.at), middle=value.middle, low80=low80, high80=high80, low95=low95, high95=high95
    )


def alert_band(value: Alert) -> docs.AlertBand:
    """While it was up."""
    return docs.AlertBand(
        key=value.key,
        policy=value.policy,
        condition=value.condition,
        severity=value.severity.value,
        start=shapes.moment(value.fired_at),
        end=shapes.moment(value.resolved_at),
        told=value.sent_at is not None,
    )


def annotation(value: Annotation) -> docs.Annotation:
    """As people read it."""
    return docs.Annotation(
        number=value.number,
        slo=value.slo,
        start=shapes.moment(value.starts_at),
        end=shapes.moment(value.ends_at),
        text=value.text,
        by=value.by,
        created_at=shapes.moment(value.created_at),
    )
