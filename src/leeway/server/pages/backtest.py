"""Backtests of an SLO: what is tried on its past, how far that is, and what would have happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from leeway.errors import LeewayError
from leeway.server.api import shapes
from leeway.server.backtests import Backtests, Run
from leeway.server.engine_port import EnginePort
from leeway.server.pages.backtest_form import BURNS, SPANS, TRIES, Form, blank, burns_of, filled, wish_from
from leeway.server.pages.frame import Pages
from leeway.server.pages.heat import HOURS, WEEKDAYS, Cell, Row
from leeway.server.pages.typed import Fault, fault, read_number, typed
from leeway.server.safety import FORMS
from leeway.spec.documents import Kind
from leeway.spec.policies import PRESETS

if TYPE_CHECKING:  # what draws a result is loaded with the first one
    from leeway.lab.backtest import Compared, Told

LOOK_S = 2
NAMES = {"defined": "as defined", "present": "told so far"}
PLACES = 800
"""Of a lane, at which marks can stand."""

MOST_IN_CELL = 5
"""Pages of an hour from which on its colour is the strongest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as the page shows it: lines of figures, a time line, and hours of the week by name of draft."""

    lines: Sequence[tuple[str, str, Sequence[str]]]
    lanes: Markup
    weeks: Sequence[tuple[str, Sequence[Row]]]


def shown(result: Compared, zone: str) -> Shown:
    """Everything in it that is drawn."""
    from leeway.lab.backtest.measures import measures
    from leeway.lab.backtest.page.charts import Lane, timeline

    lines = [
        (one.name, one.meaning, [one.figure(each.score) for each in result.tried]) for one in measures(marked=False)
    ]
    start, end = result.start or 0, result.end or 0
    lanes = [Lane(NAMES.get(one.name, one.name), apart(one.drawn, start, end)) for one in result.tried]
    weeks = [(one.name, week(one.drawn, zone)) for one in result.tried]
    return Shown(lines, timeline(lanes, result.incidents, start, end), weeks)


def apart(told: Sequence[Told], start: int, end: int) -> tuple[Told, ...]:
    """Those that can be told from each other on a lane."""
    return tuple(
        {
            ((one.sent_at or one.fired_at) * PLACES // max(1, end - start), one.severity, one.is_sent): one
            for one in told
        }.values()
    )


def week(told: Sequence[Told], zone: str) -> tuple[Row, ...]:
    """How many pages and tickets were sent in each hour of the week, Monday first."""
    where = ZoneInfo(zone)
    found: Counter[tuple[int, int, str]] = Counter()
    for one in told:
        if one.is_sent:
            at = datetime.fromtimestamp(one.sent_at or one.fired_at, where)
            found[at.weekday(), at.hour, one.severity.value] += 1
    return tuple(
        Row(
            name,
            tuple(_cell(name, hour, *(found[day, hour, kind] for kind in ("page", "ticket"))) for hour in range(HOURS)),
        )
        for day, name in enumerate(WEEKDAYS)
    )


def _cell(day: str, hour: int, pages: int, tickets: int) -> Cell:
    mark = f"{pages or ''}{'■' if tickets else ''}"
    words = f"{day} {hour:02d}:00: pages {pages}, tickets {tickets}"
    return Cell(f"burnt{min(pages, MOST_IN_CELL)}", mark, words)


def add(router: APIRouter, engine: EnginePort, made: Pages, runs: Backtests) -> None:
    """`/slos/{slo}/backtest` and its forms."""

    async def page(
        request: Request, slo: str, form: Form, number: int | None = None, wrong: Fault | None = None
    ) -> Response:
        siblings = [shapes.status(one) for one in await engine.status(slo)]
        job, run = await runs.found(slo, number) if number is not None else (None, None)
        result = run.result if run else None
        names = sorted({*engine.library.names(Kind.ALERT_POLICY), *PRESETS})
        waits = job is not None and job.state in ("queued", "running")
        return made.show(
            request,
            "backtest.html",
            wrong.status if wrong else 200,
            refresh=LOOK_S if waits else 0,
            slo=slo,
            objectives=[one.objective for one in siblings],
            job=shapes.job(job) if job else None,
            run=run,
            waits=waits,
            result=result,
            shown=shown(result, run.wish.zone) if run and result and result.start is not None else None,
            asked=run.wish.model_dump_json(exclude_none=True, exclude_defaults=True) if run else "{}",
            kept=[shapes.job(one.job) for one in await runs.of(slo)],
            called=NAMES,
            form=form,
            wrong=wrong,
            names=names,
            spans=SPANS,
            tries=range(TRIES),
            burns=range(BURNS),
            moment=shapes.moment,
        )

    def fresh(slo: str, objective: str | None, policy: str = "") -> Form:
        watched = [one for one in engine.alarm.watched if one.goal.slo == slo]
        its = [one for one in watched if objective in (None, one.goal.objective.name)]
        return blank(objective or "", burns_of(its[0].watches) if its else (), policy)

    @router.get("/slos/{slo}/backtest")
    async def backtest(
        request: Request,
        slo: str,
        objective: str | None = None,
        policy: Annotated[str, Query(max_length=253)] = "",
        run: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        kept = None if run is None else (await runs.found(slo, run))[1]
        form = filled(kept.wish) if kept else fresh(slo, objective, policy)
        return await page(request, slo, form, run)

    @router.post(FORMS + "slos/{slo}/backtests")
    async def start(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        form = Form(await typed(request))
        try:
            begun: Run = await runs.start(slo, wish_from(form, made.clock.now()))
        except LeewayError as error:
            return await page(request, slo, form, wrong=fault(form.placed(error)))
        return RedirectResponse(f"/slos/{quote(slo, safe='')}/backtest?run={begun.job.id}", 303)

    @router.post(FORMS + "slos/{slo}/backtests/cancel")
    async def cancel(request: Request, slo: str) -> Response:
        await made.sessions.check(request)
        number = read_number((await typed(request)).get("number", ""), "backtest")
        await runs.remove(slo, number)
        return RedirectResponse(f"/slos/{quote(slo, safe='')}/backtest?run={number}", 303)
