"""The list of SLOs: as people filter, sort and cut it, and the same as a table."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from markupsafe import Markup, escape
from starlette.responses import RedirectResponse, Response

from leeway.client.documents import Alert, State
from leeway.engine.views import Status
from leeway.errors import Invalid
from leeway.server.api.lists import page
from leeway.server.api.silences import alerts_shown
from leeway.server.api.wanted import ORDERS
from leeway.server.engine_port import EnginePort
from leeway.server.pages import saved, views
from leeway.server.pages.columns import COLUMNS
from leeway.server.pages.frame import REFRESH_S, Pages
from leeway.server.pages.overview import UP_AT_MOST
from leeway.server.pages.picked import MOST_ROWS, ROWS, SORT, Picked
from leeway.server.pages.rows import Row
from leeway.server.pages.sheet import sheet
from leeway.server.pages.typed import Fault, fault, typed
from leeway.server.safety import FORMS

Burning = Mapping[tuple[str, str], tuple[Alert, ...]]
SIZES = (ROWS, 250, MOST_ROWS)


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/slos`: what is looked at stands in the address, see `Picked`; and the form that keeps an address by name."""

    async def shown(request: Request, picked: Picked, given: Mapping[str, str], wrong: Fault | None = None) -> Response:
        statuses = await engine.statuses(behind=True)
        burning = views.alerts(await alerts_shown(engine, None, up=True, limit=UP_AT_MOST))
        # in a thread: a thousand rows take a while, and others want to be answered meanwhile
        return await asyncio.to_thread(_shown, request, made, picked, statuses, burning, given, wrong)

    @router.get("/slos")
    async def listed(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        state: State | None = None,
        service: Annotated[str, Query(max_length=200)] = "",
        label: Annotated[str, Query(max_length=500)] = "",
        sort: Annotated[str, Query(max_length=40)] = SORT,
        cols: Annotated[str, Query(max_length=300)] = "",
        rows: Annotated[int, Query(ge=1, le=MOST_ROWS)] = ROWS,
        after: Annotated[str, Query(max_length=2_000)] = "",
        choose: Literal["", "on"] = "",
        owner: Annotated[str, Query(max_length=200)] = "",
        project: Annotated[str, Query(max_length=200)] = "",
        format: Literal["html", "csv"] = "html",  # noqa: A002  # the name in the address
        refresh: str = "on",  # noqa: ARG001  # read by the frame
    ) -> Response:
        choosing: Literal["", "on"] = choose if made.may("define") else ""
        picked = Picked(q, state, service, label, sort, cols, rows, after, choosing, owner, project)
        if format == "csv":
            found = [one for one in await engine.statuses(behind=True) if picked.wanted.has(one)]
            text = await asyncio.to_thread(lambda: sheet(made.rows.documents(page(found, ORDERS, sort, None, None)[0])))
            headers = {"content-disposition": 'attachment; filename="leeway-slos.csv"'}
            return Response(text, 200, headers, "text/csv; charset=utf-8")
        return await shown(request, picked, {})

    @router.post(FORMS + "slos/views")
    async def keep(request: Request) -> Response:
        await made.sessions.check(request)
        given = await typed(request)
        picked = Picked.read(given.get("query", ""))
        try:
            kept = saved.changed(saved.views(request.cookies), given)
        except Invalid as error:
            return await shown(request, picked, given, fault(error, "name"))
        response = RedirectResponse(f"/slos{picked.query}", 303)
        saved.keep(response, kept)
        return response


def _shown(
    request: Request,
    made: Pages,
    picked: Picked,
    statuses: Sequence[Status],
    burning: Burning,
    given: Mapping[str, str],
    wrong: Fault | None,
) -> Response:
    anyhow = replace(picked.wanted, state="")
    in_any_state = [one for one in statuses if anyhow.has(one)]
    found = [one for one in in_any_state if picked.state in (None, one.assessment.health.value)]
    listed, more = page(found, ORDERS, picked.sort, picked.rows, picked.after or None)
    columns = picked.columns(_told(statuses))
    now = datetime.fromtimestamp(int(made.clock.now()), UTC)
    burns = made.macro("parts.html", "alerts")
    alerts = {key: str(burns(up, now)) for key, up in burning.items()}
    several = views.of_several(one.slo for one in statuses)
    lines = _lines(made.rows.of(listed), columns, alerts, several, now, choosing=picked.choose == "on")
    return made.show(
        request,
        "slos.html",
        wrong.status if wrong else 200,
        refresh=0 if wrong or picked.choose else REFRESH_S,
        picked=picked,
        counts=views.counts(Counter(one.assessment.health.value for one in in_any_state)),
        everything=len(statuses),
        found=len(found),
        listed=len(listed),
        lines=Markup("".join(lines)),  # noqa: S704 — cells are HTML
        more=more,
        columns=columns,
        heads=COLUMNS,
        sizes=SIZES,
        kept=saved.views(request.cookies),
        given=given,
        wrong=wrong,
    )


def _told(statuses: Sequence[Status]) -> frozenset[str]:
    """Columns that stand there only because some SLO has something to say in them."""
    return frozenset(name for name in ("owner", "reviewed") if any(getattr(one.about, name) for one in statuses))


def _lines(
    rows: Sequence[Row],
    columns: Sequence[str],
    alerts: Mapping[tuple[str, str], str],
    several: frozenset[str],
    now: datetime,
    *,
    choosing: bool,
) -> Iterator[str]:
    """Rows of the table. By hand: a template takes ten times as long."""
    opening = {name: _opening(name) for name in columns}
    for row in rows:
        one = row.status
        name = views.title(one, several)
        part = f' <span class="part">/ {escape(name)}</span>' if name else ""
        link = f'<a href="{escape(views.address(one.slo, name))}">{escape(one.slo)}{part}</a>'
        below = "" if "service" in columns else f"<small>{escape(one.service)}</small>"
        pick = _pick(one.slo) if choosing else ""
        cells = "".join(
            f"{opening[name]}{row.cell(name, now)}"
            + (alerts.get((one.slo, one.objective), "") if name == "state" else "")
            + "</td>"
            for name in columns
        )
        yield f'<tr class="{one.state}">{pick}<th scope="row">{link}{below}</th>{cells}</tr>\n'


def _opening(column: str) -> str:
    one = COLUMNS[column]
    return f'<td{" class=num" if one.number else ""} data-label="{one.title}">'


def _pick(slo: str) -> str:
    said = escape(slo)
    return f'<td><input type="checkbox" name="slo" value="{said}" aria-label="Choose {said}"></td>'
