"""The part of the API that tells where budgets went."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Query

from leeway.client import spending as docs
from leeway.client.documents import Budget
from leeway.core.budget import Budget as Allowed
from leeway.engine.charts import Burnt, Ledger
from leeway.engine.goal import Goal
from leeway.engine.report import number
from leeway.server.api import shapes
from leeway.server.api.charts import TIME, Objective, To, alert_band, annotation
from leeway.server.api.parameters import whole
from leeway.server.engine_port import EnginePort

Zone = Annotated[str | None, Query(max_length=100, description="IANA; that of its calendar window, else UTC")]


def spending(api: APIRouter, engine: EnginePort) -> None:
    """Adds the addresses."""

    @api.get("/slos/{slo}/ledger", summary="Where the budget went, burn by burn")
    async def ledger(
        slo: str, objective: Objective = None, as_of: Annotated[str | None, Query(description=TIME)] = None
    ) -> docs.Ledger:
        return shown_ledger(await engine.charts.ledger(slo, objective, whole(as_of, "as_of")))

    @api.get("/slos/{slo}/days", summary="What each day of the last 13 months spent")
    async def days(slo: str, objective: Objective = None, zone: Zone = None) -> docs.Calendar:
        return await calendar(engine, slo, objective, zone)

    @api.get("/slos/{slo}/hours", summary="What each hour of the week spent, and when alerts fired")
    async def hours(
        slo: str,
        objective: Objective = None,
        zone: Zone = None,
        start: Annotated[
            str | None, Query(alias="from", description=f"{TIME}; 13 weeks ago if it is left out, 400 days at most")
        ] = None,
        to: To = None,
    ) -> docs.Week:
        return await week(engine, slo, objective, zone, whole(start, "from"), whole(to, "to"))


async def calendar(engine: EnginePort, slo: str, objective: str | None, zone: str | None) -> docs.Calendar:
    """The days. Errors as `Charts.days`."""
    goal, name, found = await engine.charts.days(slo, objective, zone)
    items = [
        docs.Day(
            date=one.day,
            start=shapes.moment(one.span.start),
            end=shapes.moment(one.span.end),
            spent=one.spent,
            ratio=one.ratio,
            even=one.even,
            coverage=one.covered / one.steps if one.steps else None,
            state=one.state.value,
        )
        for one in found
    ]
    return docs.Calendar(slo=slo, objective=goal.objective.name, unit=_unit(goal), zone=name, items=items)


async def week(
    engine: EnginePort,
    slo: str,
    objective: str | None,
    zone: str | None,
    start: int | None = None,
    end: int | None = None,
) -> docs.Week:
    """The hours of the week. Errors as `Charts.week`."""
    goal, name, span, cells = await engine.charts.week(slo, objective, zone, start, end)
    return docs.Week(
        slo=slo,
        objective=goal.objective.name,
        unit=_unit(goal),
        zone=name,
        start=shapes.moment(span.start),
        end=shapes.moment(span.end),
        items=[
            docs.HourOfWeek(
                weekday=one.weekday,
                hour=one.hour,
                spent=one.spent,
                ratio=one.ratio,
                burn_rate=one.burn_rate,
                pages=one.pages,
                tickets=one.tickets,
            )
            for one in cells
        ],
    )


def _unit(goal: Goal) -> docs.Unit:
    return "events" if goal.objective.method.counts_events else "slices"


def shown_ledger(value: Ledger) -> docs.Ledger:
    """As programs and pages show it."""
    budget = value.budget

    return docs.Ledger(
        slo=value.goal.slo,
        objective=value.goal.objective.name,
        as_of=shapes.moment(value.as_of),
        window=shapes.span(value.window.start, value.window.end),
        budget=Budget(
            unit=_unit(value.goal),
            allowed=float(budget.allowed),
            consumed=float(budget.consumed),
            remaining=float(budget.remaining),
            consumed_ratio=number(budget.consumed_ratio),
            remaining_ratio=number(budget.remaining_ratio),
        ),
        items=[burn(one, budget) for one in value.burns],
        background=docs.Background(spent=float(value.background), ratio=_share(value.background, budget)),
    )


def burn(value: Burnt, budget: Allowed) -> docs.Burn:
    """As people read it."""
    return docs.Burn(
        start=shapes.moment(value.start),
        end=shapes.moment(value.end),
        lasts_s=value.lasts_s,
        spent=float(value.spent),
        ratio=_share(value.spent, budget),
        worst_burn_rate=value.worst,
        alerts=[alert_band(each) for each in value.alerts],
        annotations=[annotation(each) for each in value.annotations],
        recovered_alone=value.alone,
    )


def _share(spent: Fraction, budget: Allowed) -> float | None:
    return float(spent / budget.allowed) if budget.allowed else None
