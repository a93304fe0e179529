"""Parameters of requests: times, and nothing that is not declared."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, get_origin

from fastapi import Path as PathParameter
from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from leeway.server.problems import Misread
from leeway.spec.nearest import did_you_mean

KEY, LONGEST_KEY = "Idempotency-Key", 200
HEADER = {
    "parameters": [
        {
            "name": KEY,
            "in": "header",
            "description": "Sent again under the same key, it is carried out once",
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        }
    ]
}
"""The key, as OpenAPI describes it."""

Number = Annotated[int, PathParameter(ge=1, lt=2**53, description="Its number")]
"""What the store counts things by; programs that count in floating point read it exactly."""

FIRST, LAST = -59e9, 95e9
"""Epoch seconds that a time in a body lies between."""


def epoch(text: str | None, name: str) -> float | None:
    """Epoch seconds of an RFC 3339 time with a zone, or of a number of seconds; Misread if it is neither."""
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = _of_date(text)
    if not math.isfinite(seconds) or abs(seconds) >= 1e11:
        mend = "write 2026-11-22T18:00:00Z or epoch seconds"
        raise Misread("this is no time", place=name, mend=mend)
    return seconds


def instant(time: datetime | None, name: str) -> float | None:
    """Epoch seconds of a time in a body; Misread without a zone, or of a time that no calendar of ours reaches."""
    if time is None:
        return None
    if time.tzinfo is None:
        raise Misread("a time without a zone belongs to no zone", place=name, mend="end it with Z")
    seconds = time.timestamp()
    if not FIRST < seconds < LAST:
        raise Misread("nothing happens then", place=name, mend="take a time from the year 100 to the year 5000")
    return seconds


def whole(text: str | None, name: str) -> int | None:
    """As `epoch`, in whole seconds, and not before 1970: no data is older."""
    seconds = epoch(text, name)
    return None if seconds is None else max(0, int(seconds))


def _of_date(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return moment.timestamp() if moment.tzinfo else math.nan


def idempotency_key(request: Request) -> str | None:
    """The key under which this may be sent again, None without one; Misread if it is no key."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        raise Misread(f"give 1 to {LONGEST_KEY} printable characters", place=KEY, mend="a UUID will do")
    return key


async def only_declared(request: Request) -> None:  # a plain function would cost each request a thread
    """Misread for a query parameter that the route does not know, or that comes twice: no wish is half granted."""
    if not request.query_params:
        return
    route = request.scope.get("route")
    several, known = _declared(route) if isinstance(route, APIRoute) else (set(), set())
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            listed = f"this address takes {', '.join(sorted(known)) or 'no parameters'}"
            raise Misread(f"unknown parameter {name[:60]!r}", place="query", mend=did_you_mean(name, known) or listed)
        if given.count(name) > 1 and name not in several:
            raise Misread(f"{name} is given twice", place="query", mend="give it once")


def _declared(route: APIRoute) -> tuple[set[str], set[str]]:
    """The parameters that may come several times, and all: the route's own, and what its router asks of all.

    Of a model each field is one.
    """
    several, known = set[str](), set[str]()
    for field in (each for one in (route.dependant, *route.dependant.dependencies) for each in one.query_params):
        form = field.field_info.annotation
        if isinstance(form, type) and issubclass(form, BaseModel):
            known |= set(form.model_fields)
            several |= {name for name, one in form.model_fields.items() if get_origin(one.annotation) is list}
        else:
            known.add(field.alias)
    return several, known
