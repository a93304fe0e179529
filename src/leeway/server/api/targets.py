"""The part of the API that tries other targets on the past."""

from __future__ import annotations

import re
from fractions import Fraction
from math import isnan
from typing import Annotated

from fastapi import APIRouter, Query

from leeway.client import targets as docs
from leeway.core.targets import Meant
from leeway.engine.charts import Tried, WhatIf
from leeway.server.api import shapes
from leeway.server.api.charts import TIME, Objective, To
from leeway.server.api.parameters import whole
from leeway.server.engine_port import EnginePort
from leeway.server.problems import Misread
from leeway.spec.duration import seconds

PLAIN = re.compile(r"[01]?\.?\d{1,15}")
"""A share to the digit, without an exponent: exact arithmetic would work out every digit of it."""


def targets(api: APIRouter, engine: EnginePort) -> None:
    """Adds the address."""

    @api.get("/slos/{slo}/target", summary="What other targets would have meant")
    async def target(
        slo: str,
        objective: Objective = None,
        targets: Annotated[
            str | None, Query(max_length=500, description="As 0.999,0.9995; those worth a look if left out")
        ] = None,
        start: Annotated[
            str | None, Query(alias="from", description=f"{TIME}; 90 days ago if it is left out, 400 at most")
        ] = None,
        to: To = None,
        window: Annotated[str | None, Query(max_length=20, description="Rolling, as 7d; its own if left out")] = None,
        threshold: Annotated[float | None, Query(description="Of values; its own if left out")] = None,
        max_points: Annotated[int, Query(ge=8, le=50_000, description="Moments of the curve at most")] = 300,
    ) -> docs.Targets:
        span = whole(start, "from"), whole(to, "to")
        asked = WhatIf(_shares(targets), *span, _length(window), threshold, max_points)
        return _document(slo, await engine.charts.what_if(slo, objective, asked))


def _shares(text: str | None) -> tuple[Fraction, ...]:
    found = []
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        if not PLAIN.fullmatch(part):
            raise Misread(f"{part[:60]!r} is no target", place="targets", mend="write a share as 0.999")
        found.append(Fraction(part))
    return tuple(dict.fromkeys(found))


def _length(text: str | None) -> int | None:
    try:
        return None if text is None else seconds(text)
    except ValueError as error:
        raise Misread(str(error), place="window", mend="write 7d, 4w or 12h") from None


def _document(slo: str, value: Tried) -> docs.Targets:
    threshold = value.objective.threshold
    return docs.Targets(
        slo=slo,
        objective=value.objective.name,
        start=shapes.moment(value.span.start),
        end=shapes.moment(value.span.end),
        window_s=value.objective.window.at(value.span.end).length_s,
        threshold=None if threshold is None else threshold.value,
        full=value.full,
        items=[_meant(one) for one in value.targets],
        curve_of=float(value.curve_of),
        series={
            "at": value.at.tolist(),
            "remaining": [None if isnan(one) else round(one, 9) for one in value.remaining.tolist()],
        },
    )


def _meant(value: Meant) -> docs.Meant:
    return docs.Meant(
        target=float(value.target),
        met=value.met,
        windows=value.windows,
        missed=value.missed,
        missed_ratio=value.missed / value.windows if value.windows else None,
        allowed=value.allowed,
        spent_ratio=value.spent_ratio,
        worst_remaining=value.worst_remaining,
        worst_at=shapes.moment(value.worst_at),
    )
