"""The careful reader: row by row, and of each row that is no point the reason and a sentence. Slow on purpose."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from leeway.core.histogram import Histogram
from leeway.core.quality import Fault
from leeway.errors import Invalid
from leeway.ports.push import Refusal
from leeway.sources.json_push import histograms
from leeway.sources.json_push.draft import Draft
from leeway.sources.json_push.fast import MAX_NAME, Aware, series_name
from leeway.sources.json_push.settings import Settings, too_many
from leeway.sources.json_push.trees import Unreadable
from leeway.spec.nearest import did_you_mean

_NUMBERS = ("good", "bad", "total", "value")
_KEYS = ("slo", "objective", "time", *_NUMBERS, *histograms.READERS)
_TOP = (*_KEYS, "slos", "points")
_HINTED = 40
"""The longest word that is compared with the known ones, and how many of them in one body: comparing is slow."""


class _Refused(Exception):
    """This row is no point."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def read(tree: Any, limits: Settings) -> Draft:
    """Every row of the tree: as numbers in the draft, or among its refusals."""
    names: dict[str, int] = {}
    series: list[int] = []
    numbers: list[tuple[float, ...]] = []
    held: list[Histogram | None] = []
    places: list[int] = []
    refused: list[Refusal] = []
    hinted: set[str] = set()
    for place, item in enumerate(_rows(tree)):
        if place >= limits.max_rows:
            raise too_many(limits)
        try:
            name, row, histogram = _row(item, hinted)
        except _Refused as refusal:
            refused.append(Refusal(place, refusal.reason, refusal.message))
            continue
        series.append(names.setdefault(name, len(names)))
        numbers.append(row)
        held.append(histogram)
        places.append(place)
    own, at = np.array(series, np.int32), np.array(places, np.int64)
    time, good, bad, total, value = np.array(numbers, np.float64).reshape(-1, 1 + len(_NUMBERS)).T
    column = np.array([*held, None], object)[:-1] if any(held) else None
    return Draft(tuple(names), own, at, time, good, bad, total, value, tuple(refused), column)


def _rows(tree: Any) -> Iterator[Any]:
    """The rows in the order sent; columns are taken apart, so that each of their entries is a row of its own."""
    if isinstance(tree, dict) and "points" in tree:
        if set(tree) != {"points"} or not isinstance(tree["points"], list):
            raise Invalid(
                '"points" stands alone and holds a list', place="points", mend='send {"points": [{…}, {…}]} or the list'
            )
        tree = tree["points"]
    if not isinstance(tree, list):
        tree = [tree]
    for part in tree:
        if isinstance(part, dict) and ("slos" in part or isinstance(part.get("time"), list)):
            yield from _columns(part)
        else:
            yield part


def _columns(part: Mapping[str, Any]) -> Iterator[Any]:
    """The entries of columns as rows. Columns that do not match lose all their rows: nobody knows which is whose."""
    per_row = {key: told for key, told in part.items() if isinstance(told, list) and key != "slos"}
    lengths = {key: len(told) for key, told in per_row.items()}
    slos = part.get("slos")
    wrong = ""
    if "slos" in part and not (isinstance(slos, list) and isinstance(part.get("slo"), list)):
        wrong = '"slos" is a list of names and "slo" a list of places in it, counted from 0'
    elif "time" not in per_row:
        wrong = "time is one column with a time for each row"
    elif len(set(lengths.values())) > 1:
        wrong = "columns differ in length: " + ", ".join(f"{key[:40]} {length}" for key, length in lengths.items())
    elif lone := [key for key in _NUMBERS if part.get(key) is not None and key not in per_row]:
        wrong = f"{lone[0]} is no list, but time is one"
    if wrong:
        yield from (_Refused("columns", wrong) for _ in range(max(lengths.values(), default=1) or 1))
        return
    shared = {key: told for key, told in part.items() if key not in per_row and key != "slos"}
    for entries in zip(*per_row.values(), strict=True):
        row = {**shared, **dict(zip(per_row, entries, strict=True))}
        yield row if slos is None else _looked_up(row, slos)


def _looked_up(row: dict[str, Any], slos: list[Any]) -> Any:
    index = row["slo"]
    if type(index) is not int or not 0 <= index < len(slos):
        return _Refused("no-such-slo", f"slo {_shown(index)} is no place in slos, which has {len(slos)}, from 0")
    return {**row, "slo": slos[index]}


def _row(item: Any, hinted: set[str]) -> tuple[str, tuple[float, ...], Histogram | None]:
    if isinstance(item, _Refused):
        raise item
    if isinstance(item, Unreadable):
        raise _Refused("unreadable", item.why)
    if not isinstance(item, dict):
        raise _Refused("not-an-object", f"a row is an object like {{slo, time, good, total}}, not {_shown(item)}")
    for key in item:
        if key not in _KEYS:
            raise _Refused("unknown-key", _unknown(key, hinted))
    slo, objective = _name("slo", item.get("slo")), item.get("objective")
    name = series_name(slo, _name("objective", objective) if objective not in (None, "") else None)
    if len(name) > MAX_NAME:
        raise _Refused("wrong-type", f"the name of the SLO has more than {MAX_NAME} characters")
    get = item.get
    time, numbers, histogram = _time(get("time")), [_number(key, get(key)) for key in _NUMBERS], _histogram(item)
    if histogram is not None:
        beside = [key for key in ("good", "bad", "value") if get(key) is not None]
        if beside:
            raise _Refused("ambiguous", f"{beside[0]} beside a histogram: send either, the total may stand beside it")
        numbers = [math.nan] * len(numbers)
    return name, (time, *numbers), histogram


def _histogram(item: Mapping[str, Any]) -> Histogram | None:
    try:
        return histograms.read(item)
    except ValueError as error:
        raise _Refused(Fault.BROKEN_HISTOGRAM.reason, str(error)) from None


def _unknown(key: str, hinted: set[str]) -> str:
    hint = ""
    if len(key) <= _HINTED and (key in hinted or len(hinted) < _HINTED):
        hinted.add(key)
        hint = did_you_mean(key, _TOP)
    return f"unknown key {_shown(key)}: {hint or 'known are ' + ', '.join(_KEYS)}"


def _name(key: str, told: Any) -> str:
    if told is None:
        raise _Refused("missing", f"{key} is missing")
    if not isinstance(told, str) or not told:
        raise _Refused("wrong-type", f"{key} is a name in quotes, not {_shown(told)}")
    return told


def _time(told: Any) -> float:
    if told is None:
        raise _Refused("missing", "time is missing")
    if not isinstance(told, str):
        return _number("time", told)
    try:
        moment: datetime = msgspec.convert(told, Aware)
    except msgspec.ValidationError:
        raise _Refused(
            "wrong-type", f"time {_shown(told)} is neither epoch seconds nor RFC 3339 like 2026-01-31T12:00:00Z"
        ) from None
    return moment.timestamp()


def _number(key: str, told: Any) -> float:
    if told is None:
        return math.nan
    if isinstance(told, bool) or not isinstance(told, int | float):
        quoted = "; send the number without quotes" if isinstance(told, str) else ""
        raise _Refused("wrong-type", f"{key} is a number, not {_shown(told)}{quoted}")
    try:
        number = float(told)
    except OverflowError:
        number = math.inf
    if math.isnan(number):
        raise _Refused(Fault.NOT_A_NUMBER.reason, f"{key} is NaN; leave the row out where nothing is known")
    return number


def _shown(told: Any) -> str:
    """What was sent, short enough for a sentence."""
    match told:
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return repr(told if len(told) <= _HINTED else told[:_HINTED] + "…")
        case None:
            return "null"
        case bool():
            return str(told).lower()
        case _:
            return str(told)[:_HINTED]
