"""Rows of tables that people give: what a field says, and which rows were set aside."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import NamedTuple

LATEST = 10**11
"""The year 5138, in seconds; a larger number is one of milliseconds."""

QUOTED = 60
"""Characters of a field that are told back."""


class Refused(NamedTuple):
    """A row that was set aside: its number in the file, why, and the column or columns at fault, "" if none is."""

    line: int
    message: str
    column: str = ""


def parse_time(text: str) -> int | None:
    """Epoch seconds of an RFC 3339 time with a zone, or of a number of seconds; None if it is neither, or not whole.

    >>> parse_time("2026-01-03T14:58:00Z"), parse_time("1767452280"), parse_time("yesterday")
    (1767452280, 1767452280, None)
    """
    number = parse_number(text)
    if not math.isnan(number):
        return _whole(number)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or len(text) <= len("2026-01-03"):
        return None
    return _whole((moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _whole(seconds: float) -> int | None:
    return int(seconds) if abs(seconds) < LATEST and seconds == int(seconds) else None


def no_time(text: str) -> str:
    """Why a field is no time, in a sentence.

    >>> no_time("1767452280000")
    '1767452280000 is no time in seconds; it looks like milliseconds'
    """
    number = parse_number(text)
    if abs(number) >= LATEST:
        return f"{text.strip()[:QUOTED]} is no time in seconds; it looks like milliseconds"
    return f"{text.strip()[:QUOTED]!r} is no time: RFC 3339 with a zone, or whole epoch seconds"


def parse_number(text: str) -> float:
    """The number, or NaN for anything that is none: empty, words, infinity, digits with underscores."""
    if "_" in text:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan
