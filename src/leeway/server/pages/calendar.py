"""What each day and each hour of the week spent of an objective's budget."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from leeway.server.api.spending import calendar, week
from leeway.server.engine_port import EnginePort
from leeway.server.pages import heat, views
from leeway.server.pages.frame import Pages


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/calendar`, with `slo`, `objective` and `zone` in the address."""

    @router.get("/calendar")
    async def shown(
        request: Request, slo: str | None = None, objective: str | None = None, zone: str | None = None
    ) -> Response:
        slos = sorted({one.slo for one in await engine.statuses(behind=True)})
        slo = slo or next(iter(slos), None)
        if slo is None:
            return made.show(request, "calendar.html", slos=slos, chosen=None)
        names = [one.assessment.objective.name for one in await engine.status(slo)]
        days, hours = await calendar(engine, slo, objective, zone), await week(engine, slo, objective, zone)
        address = views.address(slo, days.objective if len(names) > 1 else "")
        return made.show(
            request,
            "calendar.html",
            slos=slos,
            chosen=days,
            objectives=names,
            address=address,
            week=hours,
            months=heat.months(days, address),
            weekdays=heat.weekdays(hours),
            steps=heat.DAY_STEPS,
            rates=heat.HOUR_STEPS,
        )
