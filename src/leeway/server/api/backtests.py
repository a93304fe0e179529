"""The part of the API that tries alert policies on the past: each backtest is a job with an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response

from leeway.client import backtests as docs
from leeway.client.documents import Items
from leeway.ports.state import Job
from leeway.server.api import shapes
from leeway.server.api.lists import After, Limit, Orders, page, sorting
from leeway.server.api.parameters import Number
from leeway.server.backtests import Backtests, Run

if TYPE_CHECKING:
    from leeway.lab.backtest import Compared, Incident, Score, Told, Tried

ORDERS: Orders[Run] = {"id": lambda one: (one.job.id,)}


def backtests(api: APIRouter, runs: Backtests) -> None:
    """Adds the addresses."""

    @api.post(
        "/slos/{slo}/backtests",
        summary="Try alert policies, or another target, on the past of an objective",
        status_code=202,
    )
    async def start(slo: str, wish: docs.BacktestWish, response: Response) -> docs.Backtest:
        run = await runs.start(slo, wish)
        response.headers["location"] = f"/api/v1/slos/{quote(slo, safe='')}/backtests/{run.job.id}"
        return document(slo, run.job, run)

    @api.get("/slos/{slo}/backtests", summary="The backtests of an SLO that are kept, the newest first")
    async def listed(
        slo: str, sort: Annotated[str, sorting(ORDERS)] = "-id", limit: Limit = None, after: After = None
    ) -> Items[docs.Backtest]:
        shown, more = page(await runs.of(slo), ORDERS, sort, limit, after)
        return Items(items=[document(slo, one.job, one, whole=False) for one in shown], next=more)

    @api.get("/slos/{slo}/backtests/{number}", summary="How far a backtest is, and what came of it")
    async def one(slo: str, number: Number) -> docs.Backtest:
        return document(slo, *await runs.found(slo, number))

    @api.delete("/slos/{slo}/backtests/{number}", summary="Cancel a backtest, or drop its result")
    async def remove(slo: str, number: Number) -> docs.Backtest:
        return document(slo, await runs.remove(slo, number), None)


def document(slo: str, job: Job, run: Run | None, *, whole: bool = True) -> docs.Backtest:
    """As it stands; the result only if the `whole` is wanted."""
    result = run.result if run and whole else None
    return docs.Backtest(
        slo=slo,
        objective=run.asked.question.objective if run else None,
        job=shapes.job(job),
        asked=run.wish if run else None,
        result=None if result is None or run is None else _result(result, run),
    )


def _result(value: Compared, run: Run) -> docs.BacktestResult:
    return docs.BacktestResult(
        start=shapes.moment(value.start),
        end=shapes.moment(value.end),
        incidents=[_incident(one) for one in value.incidents],
        more_incidents=value.more_incidents,
        tried=[_tried(one, run.asked.texts.get(one.name, "")) for one in value.tried],
    )


def _tried(value: Tried, text: str) -> docs.Tried:
    return docs.Tried(
        name=value.name,
        since=shapes.moment(value.since),
        score=_score(value.score),
        alerts=[_alert(one) for one in value.told],
        more_alerts=value.left,
        first_alerts=[None if one is None else _alert(one) for one in value.noticed],
        document=text,
    )


def _score(value: Score) -> docs.BacktestScore:
    return docs.BacktestScore.model_validate(value.as_json())


def _incident(value: Incident) -> docs.TriedIncident:
    return docs.TriedIncident(start=shapes.moment(value.start), end=shapes.moment(value.end), cost_ratio=value.cost)


def _alert(value: Told) -> docs.TriedAlert:
    return docs.TriedAlert(
        policy=value.policy,
        condition=value.condition,
        severity=value.severity.value,
        fired_at=shapes.moment(value.fired_at),
        sent_at=shapes.moment(value.sent_at),
        resolved_at=shapes.moment(value.resolved_at),
        suppressed_by=value.suppressed_by.value if value.suppressed_by else None,
        consumed_ratio=value.consumed_ratio,
        reasons=list(value.reasons),
    )
