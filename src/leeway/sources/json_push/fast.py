"""The usual bodies, read straight into typed rows and columns. What does not fit is left to the careful reader."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats
from leeway.sources.json_push.draft import Draft
from leeway.sources.json_push.settings import Settings, too_many

Aware = Annotated[datetime, msgspec.Meta(tz=True)]
"""RFC 3339 with an offset: a time without one belongs to no zone."""

Time = float | Aware


MAX_NAME = 512
"""Characters in the name of a series; the longest that OpenSLO can write is 253 + 1 + 253."""


class Row(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One point."""

    slo: str
    time: Time
    objective: str | None = None
    good: float | None = None
    bad: float | None = None
    total: float | None = None
    value: float | None = None


class Points(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Points under a key."""

    points: list[Row]


class Columns(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Many points of one SLO; `good[i]` belongs to `time[i]`."""

    slo: str
    time: list[Time]
    objective: str | None = None
    good: list[float] | None = None
    bad: list[float] | None = None
    total: list[float] | None = None
    value: list[float] | None = None


class Dictionary(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """Many points of many SLOs; `slo[i]` is an index into `slos`."""

    slos: list[str]
    slo: list[int]
    time: list[Time]
    good: list[float] | None = None
    bad: list[float] | None = None
    total: list[float] | None = None
    value: list[float] | None = None


class Unfit(Exception):
    """The body is not one of the usual ones, or something is wrong with it."""


def series_name(slo: str, objective: str | None) -> str:
    """The name of a series: the SLO's, or `slo/objective`."""
    return f"{slo}/{objective}" if objective else slo


def _of_rows(rows: Sequence[Row], limits: Settings) -> Draft:
    _cap(len(rows), limits)
    names: dict[str, int] = {}
    series = [
        names.setdefault(row.slo if row.objective is None else series_name(row.slo, row.objective), len(names))
        for row in rows
    ]
    return _draft(
        names,
        np.array(series, np.int32),
        _times([row.time for row in rows]),
        _numbers([row.good for row in rows]),
        _numbers([row.bad for row in rows]),
        _numbers([row.total for row in rows]),
        _numbers([row.value for row in rows]),
    )


def _of_parts(parts: Sequence[Columns], limits: Settings) -> Draft:
    lengths = [len(part.time) for part in parts]
    _cap(sum(lengths), limits)
    names: dict[str, int] = {}
    own = [names.setdefault(series_name(part.slo, part.objective), len(names)) for part in parts]
    return _draft(
        names,
        np.repeat(np.array(own, np.int32), lengths),
        _times([time for part in parts for time in part.time]),
        _numbers(_joined(zip((part.good for part in parts), lengths, strict=True))),
        _numbers(_joined(zip((part.bad for part in parts), lengths, strict=True))),
        _numbers(_joined(zip((part.total for part in parts), lengths, strict=True))),
        _numbers(_joined(zip((part.value for part in parts), lengths, strict=True))),
    )


def _joined(columns: Iterator[tuple[list[float] | None, int]]) -> list[float | None]:
    joined: list[float | None] = []
    for column, length in columns:
        if column is None:
            joined.extend([None] * length)
        elif len(column) == length:
            joined.extend(column)
        else:
            raise Unfit
    return joined


def _of_dictionary(told: Dictionary, limits: Settings) -> Draft:
    length = len(told.time)
    _cap(length, limits)
    columns = (told.good, told.bad, told.total, told.value)
    if any(column is not None and len(column) != length for column in (told.slo, *columns)):
        raise Unfit
    if length and (min(told.slo) < 0 or max(told.slo) >= len(told.slos)):
        raise Unfit
    names, series = dict.fromkeys(told.slos), np.array(told.slo, np.int32)
    if len(names) < len(told.slos):  # a name stands there twice
        place = {name: number for number, name in enumerate(names)}
        series = np.array([place[name] for name in told.slos], np.int32)[series]
    good, bad, total, value = map(_numbers, columns)
    return _draft(names, series, _times(told.time), good, bad, total, value)


def _draft(
    names: Collection[str],
    series: NDArray[np.int32],
    time: Floats,
    good: Floats | None,
    bad: Floats | None,
    total: Floats | None,
    value: Floats | None,
) -> Draft:
    if "" in names or max(map(len, names), default=0) > MAX_NAME:
        raise Unfit
    return Draft(tuple(names), series, np.arange(len(time)), time, good, bad, total, value)


def _cap(rows: int, limits: Settings) -> None:
    if rows > limits.max_rows:
        raise too_many(limits)


def _times(times: Sequence[float | datetime]) -> Floats:
    try:
        return np.array(times, np.float64)
    except TypeError:
        return np.array([time.timestamp() if isinstance(time, datetime) else time for time in times], np.float64)


def _numbers(numbers: Sequence[float | None] | None) -> Floats | None:
    """NaN for None. MessagePack can carry a NaN of its own, which is a fault and not an absence."""
    if numbers is None:
        return None
    absent = numbers.count(None)
    if absent == len(numbers):
        return None
    column = np.array(numbers, np.float64)
    if int(np.isnan(column).sum()) != absent:
        raise Unfit
    return column


_Gather = Callable[[Any, Settings], Draft]
_SHAPES: tuple[tuple[Any, _Gather], ...] = (
    (list[Row], _of_rows),
    (list[Columns], _of_parts),
    (Dictionary, _of_dictionary),
    (Columns, lambda part, limits: _of_parts([part], limits)),
    (Points, lambda told, limits: _of_rows(told.points, limits)),
    (Row, lambda row, limits: _of_rows([row], limits)),
)
_JSON = tuple((msgspec.json.Decoder(shape).decode, gather) for shape, gather in _SHAPES)
_MSGPACK = tuple((msgspec.msgpack.Decoder(shape).decode, gather) for shape, gather in _SHAPES)
_LINES = ((msgspec.json.Decoder(Row).decode_lines, _of_rows), (msgspec.json.Decoder(Columns).decode_lines, _of_parts))


def _first(readers: Any, body: bytes, limits: Settings) -> Draft | None:
    """What the first reader that fits makes of the body. A wrong shape shows at its first key, so trying is cheap."""
    for read, gather in readers:
        try:
            told = read(body)
        except msgspec.ValidationError:
            continue
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        try:
            draft: Draft = gather(told, limits)
        except Unfit:
            return None
        return draft
    return None


read_json = partial(_first, _JSON)
read_lines = partial(_first, _LINES)
read_msgpack = partial(_first, _MSGPACK)
