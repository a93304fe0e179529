"""Histograms in a row: cumulative buckets as in Prometheus, exponential ones as OpenTelemetry's JSON, and DDSketch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isnan, nan
from typing import Any

from leeway.core.histogram import DDSketch, Exponential, Histogram
from leeway.core.histogram.classic import of_cumulative
from leeway.core.histogram.ladder import Ladder
from leeway.core.histogram.sketch import gamma_of

MOST = 2**53
"""No count is larger: a JSON number is exact so far."""

WIDEST = 10_000
"""Buckets between the first and the last of a sketch."""

_EXPONENTIAL = {"scale", "zeroCount", "zeroThreshold", "positive", "negative", "count", "sum", "min", "max"}
_SKETCH = {"gamma", "relativeAccuracy", "zeroCount", "positive", "negative", "count"}


def read(row: Mapping[str, Any]) -> Histogram | None:
    """The histogram of a row; None if it has none. Raises ValueError, in words for people, for one that is none."""
    given = [key for key in READERS if row.get(key) is not None]
    if not given:
        return None
    if len(given) > 1:
        raise ValueError(f"{given[0]} and {given[1]}: a row has one histogram")
    told = _object(given[0], row[given[0]])
    found = READERS[given[0]](told).fitted()
    for name, count in (("count", told.get("count") if given[0] != "buckets" else None), ("total", row.get("total"))):
        if count is not None and _count(name, count) != found.total:
            raise ValueError(f"{name} is {count}, but the buckets hold {found.total}")
    return found


def _buckets(told: dict[str, Any]) -> Histogram:
    cumulative = {_edge(text): _count(f"bucket {text[:40]}", count) for text, count in told.items()}
    if len(cumulative) < len(told):
        raise ValueError("two buckets have the same edge")
    found = of_cumulative(cumulative)
    if not found.sound:
        raise ValueError("a wider bucket counts fewer events than a narrower one: buckets are cumulative")
    return found


def _exponential(told: dict[str, Any]) -> Histogram:
    _known(told, _EXPONENTIAL)
    negative, down = _run(told, "negative")
    positive, up = _run(told, "positive")
    rungs = Ladder(negative, _number("zeroThreshold", told.get("zeroThreshold", 0)), positive)
    zeros = _count("zeroCount", told.get("zeroCount", 0))
    return Histogram(Exponential(_whole("scale", told.get("scale")), rungs), (*reversed(down), zeros, *up))


def _sketch(told: dict[str, Any]) -> Histogram:
    _known(told, _SKETCH)
    if ("gamma" in told) == ("relativeAccuracy" in told):
        raise ValueError("a sketch says its gamma or its relativeAccuracy")
    gamma = _number("gamma", told["gamma"]) if "gamma" in told else _accurate(told["relativeAccuracy"])
    negative, down = _sparse(told, "negative")
    positive, up = _sparse(told, "positive")
    zeros = _count("zeroCount", told.get("zeroCount", 0))
    return Histogram(DDSketch(gamma, Ladder(negative, 0.0, positive)), (*reversed(down), zeros, *up))


READERS: dict[str, Callable[[dict[str, Any]], Histogram]] = {
    "buckets": _buckets,
    "exponential": _exponential,
    "ddsketch": _sketch,
}


def _run(told: dict[str, Any], side: str) -> tuple[range, list[int]]:
    """The rungs of one side, counted without gaps from an offset."""
    part = _object(side, told.get(side) or {})
    _known(part, {"offset", "bucketCounts"})
    listed = part.get("bucketCounts") or []
    if not isinstance(listed, list):
        raise ValueError(f"bucketCounts of {side} is a list")  # noqa: TRY004 - a fault of the data
    counts = [_count(f"a count of {side}", count) for count in listed]
    offset = _whole("offset", part.get("offset", 0))
    return (range(offset, offset + len(counts)) if counts else range(0)), counts


def _sparse(told: dict[str, Any], side: str) -> tuple[range, list[int]]:
    """The rungs of one side from counts by index; index i is what ends at gamma^i, so it is rung i − 1."""
    part = _object(side, told.get(side) or {})
    if not part:
        return range(0), []
    counts = {_whole("an index", index) - 1: _count(f"index {index[:40]}", count) for index, count in part.items()}
    rungs = range(min(counts), max(counts) + 1)
    if len(rungs) > WIDEST:
        raise ValueError(f"more than {WIDEST:,} buckets lie between the first and the last of {side}")
    return rungs, [counts.get(rung, 0) for rung in rungs]


def _accurate(told: Any) -> float:
    accuracy = _number("relativeAccuracy", told)
    if not 0 < accuracy < 1:
        raise ValueError("relativeAccuracy lies between 0 and 1")
    return gamma_of(accuracy)


def _edge(text: str) -> float:
    try:
        edge = float(text)
    except ValueError:
        edge = nan
    if isnan(edge):
        raise ValueError(f"a bucket's edge is a number or +Inf, not {text[:40]!r}")
    return edge


def _count(name: str, told: Any) -> int:
    count = _whole(name, told)
    if not 0 <= count <= MOST:
        raise ValueError(f"{name} is {count}; a count is neither negative nor beyond 2^53")
    return count


def _whole(name: str, told: Any) -> int:
    """A whole number; 64-bit ones are texts in OpenTelemetry's JSON."""
    if isinstance(told, str) and told.removeprefix("-").isdecimal() and len(told) < 20:
        return int(told)
    if isinstance(told, bool) or not isinstance(told, int | float) or told % 1 or abs(told) > MOST:
        raise ValueError(f"{name} is a whole number, not {str(told)[:40]}")
    return int(told)


def _number(name: str, told: Any) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise ValueError(f"{name} is a number, not {str(told)[:40]}")  # noqa: TRY004 - a fault of the data
    return float(told)


def _object(name: str, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise ValueError(f"{name} is an object, not {str(told)[:40]}")  # noqa: TRY004 - a fault of the data
    return told


def _known(told: Mapping[str, Any], keys: set[str]) -> None:
    if strange := sorted(set(told) - keys):
        raise ValueError(f"unknown key {strange[0][:40]!r}: known are {', '.join(sorted(keys))}")
