"""Answers in the shapes of Prometheus: numbers as text, moments in seconds, labels in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from starlette.responses import Response

from leeway.engine.series.line import Labels, Line
from leeway.engine.series.series import Answer

Json = Any


_ERROR = {
    "type": "object",
    "description": "An error of Prometheus' kinds",
    "required": ["status", "errorType", "error"],
    "properties": {
        "status": {"const": "error"},
        "errorType": {"enum": ["bad_data", "execution", "unavailable", "internal"]},
        "error": {"type": "string"},
    },
}
_REFUSED = {
    "application/json": {"schema": _ERROR},
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
}
DESCRIBED: Json = {
    "200": {
        "description": "The answer",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "An answer in the shape of Prometheus",
                    "required": ["status", "data"],
                    "properties": {
                        "status": {"const": "success"},
                        "data": {"type": ["object", "array"], "items": {"type": ["string", "object"]}},
                        "warnings": {"type": "array", "items": {"type": "string"}},
                    },
                }
            }
        },
    },
    "400": {"description": "It cannot be read", "content": _REFUSED},
    "422": {"description": "It can be read, and not be answered", "content": _REFUSED},
    "500": {"description": "It cannot be answered until something changes", "content": _REFUSED},
    "503": {"description": "It cannot be answered now", "content": _REFUSED},
}
"""Every answer, as OpenAPI describes it; what the server refuses before it looks at the question are problems."""


class Told(Response):
    """JSON, written at once: answers may hold a million numbers."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The document as bytes."""
        return msgspec.json.encode(content)


def success(data: Json, warnings: Sequence[str] = ()) -> Told:
    """An answer."""
    told = {"status": "success", "data": data}
    return Told(told | {"warnings": list(warnings)} if warnings else told)


def failure(status: int, kind: str, error: str) -> Told:
    """An error, of one of Prometheus' kinds."""
    return Told({"status": "error", "errorType": kind, "error": error}, status)


def instant(answer: Answer) -> Json:
    """A vector, or a scalar."""
    at = moment(float(answer.at[0]))
    if answer.lines is None:
        return {"resultType": "scalar", "result": [at, number(float(answer.numbers[0]))]}
    here = (one for one in answer.lines if one.here[0])
    result = [{"metric": dict(one.labels), "value": [at, number(float(one.values[0]))]} for one in here]
    return {"resultType": "vector", "result": result}


def matrix(answer: Answer) -> Json:
    """Series in the order of their labels; a number is a series without labels."""
    lines = answer.lines
    if lines is None:
        lines = (Line((), answer.numbers, np.ones(len(answer.at), np.bool_)),)
    at = [moment(each) for each in answer.at.tolist()]
    result = [
        {"metric": dict(one.labels), "values": _values(at, one)}
        for one in sorted(lines, key=lambda one: one.labels)
        if one.here.any()
    ]
    return {"resultType": "matrix", "result": result}


def labelled(labels: Labels) -> Json:
    """One series by its labels."""
    return dict(labels)


def moment(seconds: float) -> float | int:
    """Seconds to the millisecond, whole ones without a point."""
    return int(seconds) if seconds.is_integer() else round(seconds, 3)


def number(value: float) -> str:
    """As Go writes it: shortest, without an exponent, NaN and the infinities by name.

    >>> number(5.0), number(1e-7), number(float("-inf"))
    ('5', '0.0000001', '-Inf')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    text = repr(value)
    return np.format_float_positional(value, trim="-") if "e" in text else text.removesuffix(".0")


def _values(at: list[float | int], line: Line) -> list[tuple[float | int, str]]:
    values = line.values.tolist()
    return [(at[place], number(values[place])) for place in np.flatnonzero(line.here).tolist()]
