"""The JSON API: each route is one call of the engine."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from leeway.client import documents as docs
from leeway.client.checks import Check
from leeway.core.window import Span
from leeway.engine.views import SourceState
from leeway.ports.clock import Clock
from leeway.ports.state import Job, JobState
from leeway.server.api import lists, shapes
from leeway.server.api.again import repeatable
from leeway.server.api.alerts import alerts
from leeway.server.api.backtests import backtests
from leeway.server.api.charts import drawing
from leeway.server.api.data import data as quality
from leeway.server.api.definitions import definitions
from leeway.server.api.events import Feed, events
from leeway.server.api.listing import Listing
from leeway.server.api.parameters import Number, epoch, only_declared
from leeway.server.api.silences import silences
from leeway.server.api.spending import spending
from leeway.server.api.targets import targets
from leeway.server.api.wanted import ORDERS, Wanted, labels_of
from leeway.server.api.ways import ways
from leeway.server.backtests import Backtests
from leeway.server.engine_port import EnginePort
from leeway.server.looking import look
from leeway.server.problems import Misread


class Table(StreamingResponse):
    """A table of points, sent while it is read."""

    media_type = "text/csv; charset=utf-8"


SOURCES: lists.Orders[SourceState] = {
    "slo": lambda one: (one.slo, one.objective),
    "source": lambda one: (one.source, one.slo, one.objective),
    "failures": lambda one: (one.failures, one.slo, one.objective),
}
JOBS: lists.Orders[Job] = {"id": lambda one: (one.id,), "at": lambda one: (one.at, one.id)}
SEARCHED = 1_000
"""The newest jobs, of which some are looked for."""

TIME = "RFC 3339 with a zone, or epoch seconds"


def control(engine: EnginePort, clock: Clock, feed: Feed, runs: Backtests, data: Path | None) -> APIRouter:
    """Everything but the push of points."""
    api = APIRouter(
        prefix="/api/v1", dependencies=[Depends(only_declared)], route_class=repeatable(engine.answers, clock)
    )
    _reading(api, engine, clock, data)
    definitions(api, engine)
    _work(api, engine)
    alerts(api, engine)
    silences(api, engine, clock)
    ways(api, engine)
    drawing(api, engine)
    spending(api, engine)
    targets(api, engine)
    backtests(api, runs)
    quality(api, engine)
    events(api, feed)
    return api


def _reading(api: APIRouter, engine: EnginePort, clock: Clock, data: Path | None) -> None:
    listing = Listing(engine)

    @api.get(
        "/status",
        summary="Every objective, now",
        response_model=docs.Items[docs.Status],
        responses={304: {"description": "It is what `If-None-Match` names"}},
    )
    async def statuses(
        request: Request,
        service: Annotated[str, Query(description="Of this service only")] = "",
        name: Annotated[str, Query(description="Of SLOs whose name contains this")] = "",
        state: Annotated[docs.State | None, Query(description="In this state only")] = None,
        label: Annotated[str, Query(max_length=500, description="With these labels: `key=value`, or `key`")] = "",
        q: Annotated[str, Query(max_length=200, description="With these words in what names it")] = "",
        owner: Annotated[str, Query(max_length=200, description="Of this owner only")] = "",
        project: Annotated[str, Query(max_length=200, description="Of this project only")] = "",
        sort: Annotated[str, lists.sorting(ORDERS)] = "slo",
        limit: lists.Limit = None,
        after: lists.After = None,
    ) -> Response:
        if not request.query_params:
            return await listing.answer(request)
        wanted = Wanted(service, name, state or "", labels_of(label), q, owner, project)
        return await listing.some(wanted, sort, limit, after)

    @api.get("/slos/{slo}/status", summary="The objectives of one SLO, now")
    async def status(slo: str) -> docs.Items[docs.Status]:
        return docs.Items(items=[shapes.status(one) for one in await engine.status(slo)])

    @api.get("/slos/{slo}/why", summary="Every input of one number")
    async def why(slo: str, objective: str | None = None) -> docs.Why:
        return shapes.why(await engine.why(slo, objective))

    @api.get("/slos/{slo}/budget", summary="The budget at a past time, and as known at a past time")
    async def budget(
        slo: str,
        as_of: Annotated[str | None, Query(description=TIME)] = None,
        known_at: Annotated[str | None, Query(description=TIME)] = None,
    ) -> docs.Items[docs.Assessment]:
        at = epoch(as_of, "as_of")
        found = await engine.budget(slo, as_of=None if at is None else int(at), known_at=epoch(known_at, "known_at"))
        return docs.Items(items=[shapes.assessment(slo, one) for one in found])

    @api.get("/slos/{slo}/points", summary="Its stored points as CSV", response_class=Table)
    async def points(
        slo: str,
        start: Annotated[str | None, Query(alias="from", description=TIME)] = None,
        end: Annotated[str | None, Query(alias="to", description=TIME)] = None,
    ) -> Table:
        since, until = epoch(start, "from"), epoch(end, "to")
        if since is not None and until is not None and since >= until:
            raise Misread("the span ends before it starts", place="from, to", mend="swap them")
        return Table(engine.points(slo, *(None if at is None else ceil(at) for at in (since, until))))

    @api.get("/sources", summary="How the data of each objective arrives")
    async def sources(
        slo: Annotated[str | None, Query(description="Of this SLO only")] = None,
        failing: Annotated[bool, Query(description="Only those whose last attempt failed")] = False,
        sort: Annotated[str, lists.sorting(SOURCES)] = "slo",
        limit: lists.Limit = None,
        after: lists.After = None,
    ) -> docs.Items[docs.Source]:
        found = [one for one in engine.sources() if slo in (None, one.slo) and (one.failures or not failing)]
        shown, more = lists.page(found, SOURCES, sort, limit, after)
        return docs.Items(items=[shapes.source(one) for one in shown], next=more)

    @api.get("/health", summary="Is Leeway itself well?")
    async def health() -> docs.Health:
        return shapes.health(engine.health(), clock.now())

    @api.get("/health/checks", summary="What Leeway finds when it looks at itself, and what mends it")
    async def checks() -> docs.Items[Check]:
        return docs.Items(items=list(await look(engine, clock, data)))


def _work(api: APIRouter, engine: EnginePort) -> None:
    @api.post("/replay", summary="Fetch history again and compute it anew", status_code=202)
    async def replay(wish: docs.ReplayWish) -> docs.Job:
        if wish.start.tzinfo is None or wish.end.tzinfo is None:
            raise Misread("a time without a zone belongs to no zone", place="start, end", mend="end it with Z")
        start, end = int(wish.start.timestamp()), int(wish.end.timestamp())
        if start >= end:
            raise Misread("the span ends before it starts", place="start, end", mend="swap them")
        return shapes.job(await engine.replay(wish.slo, Span(start, end)))

    @api.get("/jobs", summary="The newest jobs first")
    async def jobs(
        state: Annotated[JobState | None, Query(description="In this state only")] = None,
        sort: Annotated[str, lists.sorting(JOBS)] = "-id",
        limit: Annotated[int, Query(ge=1, le=SEARCHED)] = 50,
        after: lists.After = None,
    ) -> docs.Items[docs.Job]:
        found = [one for one in await engine.jobs(limit=SEARCHED) if state in (None, one.state)]
        shown, more = lists.page(found, JOBS, sort, limit, after)
        return docs.Items(items=[shapes.job(one) for one in shown], next=more)

    @api.get("/jobs/{number}", summary="How far a job is")
    async def job(number: Number) -> docs.Job:
        return shapes.job(await engine.job(number))

    @api.post("/backup", summary="A consistent copy in a new folder of the server's machine, while work goes on")
    async def backup(wish: docs.BackupWish) -> docs.Backup:
        to = Path(wish.to)
        if not to.is_absolute() or "\0" in wish.to:
            raise Misread("the server's own folder is not yours", place="to", mend="give an absolute path")
        await engine.backup(to)
        return docs.Backup(to=str(to))
