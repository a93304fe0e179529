"""The part of the API that tells how good the data is."""

from __future__ import annotations

from math import isfinite
from typing import Annotated

from fastapi import APIRouter, Query

from leeway.client import data as docs
from leeway.core.spread import Spread
from leeway.engine.charts import Data
from leeway.engine.goal import Goal
from leeway.engine.views import SourceState
from leeway.server.api import shapes
from leeway.server.api.charts import From, Objective, To
from leeway.server.api.parameters import whole
from leeway.server.engine_port import EnginePort


def data(api: APIRouter, engine: EnginePort) -> None:
    """Adds the address."""

    @api.get("/slos/{slo}/data", summary="How good the data of an SLO is: what came, when, what is missing")
    async def quality(
        slo: str,
        objective: Objective = None,
        start: From = None,
        to: To = None,
        limit: Annotated[int, Query(ge=0, le=10_000, description="Newest rows at most")] = 20,
    ) -> docs.Data:
        return await shown_data(engine, slo, objective, whole(start, "from"), whole(to, "to"), limit)


async def shown_data(
    engine: EnginePort, slo: str, objective: str | None, start: int | None, end: int | None, newest: int
) -> docs.Data:
    """The data of an objective, as `charts.data` of the engine. Raises NotFound."""
    goal, found = await engine.charts.data(slo, objective, start, end, newest)
    return _data(goal, found, next(one for one in engine.sources() if one.series == goal.series))


def _data(goal: Goal, value: Data, source: SourceState) -> docs.Data:
    middle, longest = value.delay_s or (None, None)
    threshold = goal.objective.threshold
    return docs.Data(
        slo=goal.slo,
        objective=goal.objective.name,
        start=shapes.moment(value.span.start),
        end=shapes.moment(value.span.end),
        born=shapes.moment(value.born),
        source=shapes.source(source),
        coverage=value.coverage,
        part_s=value.part_s,
        strip=[docs.Part(at=shapes.moment(one.at), coverage=one.ratio) for one in value.strip],
        gaps=[shapes.span(one.start, one.end) for one in value.gaps],
        minutes=value.steps,
        corrected=value.corrected,
        late=docs.Late(rows=value.late, middle_s=middle, longest_s=longest),
        quarantined=[
            docs.Reason(reason=fault.reason, sentence=fault.sentence, rows=count)
            for fault, count in value.set_aside.counts
        ],
        examples=[
            docs.SetAsideRow(
                reason=one.fault.reason,
                time=shapes.moment(one.time),
                received_at=shapes.moment(one.received_at),
                numbers={name: _finite(number) for name, number in one.numbers},
                at_fault=list(one.at_fault),
            )
            for one in value.set_aside.examples
        ],
        readings=[shapes.reading(one) for one in value.readings],
        notes=[docs.Note(text=text, readings=count) for text, count in value.notes],
        newest=[
            docs.ReceivedRow(
                time=shapes.moment(one.time),
                good=one.good,
                total=one.total,
                value=one.value,
                received_at=shapes.moment(one.known_at),
                stands=one.stands,
            )
            for one in value.newest
        ],
        threshold=None if threshold is None else threshold.value,
        distribution=None if value.spread is None else _distribution(value.spread),
    )


def _distribution(value: Spread) -> docs.Distribution:
    return docs.Distribution(
        count=value.count,
        quantiles=[docs.Quantile(share=q, low=_finite(low), high=_finite(high)) for q, low, high in value.quantiles],
        bars=[docs.Bar(low=_finite(one.low), high=_finite(one.high), count=one.count) for one in value.bars],
        left_out=value.left_out,
    )


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
