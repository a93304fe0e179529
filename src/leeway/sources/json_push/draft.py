"""Rows as they were read, and the law that decides which of them are points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints
from leeway.core.quality import Fault, Histograms
from leeway.ports.push import PushBatch, Refusal

_LATEST_S = 1e11
"""The year 5138. Milliseconds of any day since 1973 are above."""

_UNITS = ((1e17, "nanoseconds", 1e9), (1e14, "microseconds", 1e6), (_LATEST_S, "milliseconds", 1e3))


@dataclass(frozen=True, slots=True)
class Draft:
    """Columns of rows whose shape is right; NaN where a row lacks the number, None where every row does."""

    names: tuple[str, ...]
    series: NDArray[np.int32]
    row: Ints
    time: Floats
    good: Floats | None
    bad: Floats | None
    total: Floats | None
    value: Floats | None
    refused: tuple[Refusal, ...] = ()
    histogram: Histograms | None = None


_Rule = tuple[str, NDArray[np.bool_], Callable[[int], str]]


def batch(draft: Draft) -> PushBatch:
    """The rows of the draft that are points; every other one becomes a Refusal with the first rule it breaks.

    A point has a time in whole epoch seconds and a value, a histogram, or two of good, bad and total. What else makes a
    row unfit (good above total, off the step's grid, in the future) is one law for all sources, in core.quality;
    reasons that both know have one name.
    """
    none = np.full(len(draft.time), np.nan)
    good = none if draft.good is None else draft.good
    bad = none if draft.bad is None else draft.bad
    total = none if draft.total is None else draft.total
    value = none if draft.value is None else draft.value
    held = np.zeros(len(draft.time), np.bool_) if draft.histogram is None else draft.histogram != np.array(None)
    rules = (*_of_time(draft.time), *_of_numbers(good, bad, total, value, held))
    broken = np.logical_or.reduce([mask for _, mask, _ in rules])
    with np.errstate(invalid="ignore"):
        good = np.where(np.isnan(good), total - bad, good)
        total = np.where(np.isnan(total), good + bad, total)
    if not broken.any() and not draft.refused:
        time = draft.time.astype(np.int64)
        return PushBatch(draft.names, draft.series, time, good, total, value, draft.row, (), draft.histogram)
    kept = ~broken
    return PushBatch(
        draft.names,
        draft.series[kept],
        draft.time[kept].astype(np.int64),
        good[kept],
        total[kept],
        value[kept],
        draft.row[kept],
        _refusals(draft, rules, np.flatnonzero(broken)),
        None if draft.histogram is None else draft.histogram[kept],
    )


def _refusals(draft: Draft, rules: tuple[_Rule, ...], broken: NDArray[np.intp]) -> tuple[Refusal, ...]:
    found = list(draft.refused)
    for i in broken.tolist():
        reason, _, sentence = next(rule for rule in rules if rule[1][i])
        found.append(Refusal(int(draft.row[i]), reason, sentence(i)))
    return tuple(sorted(found, key=lambda refusal: refusal.row))


def _of_time(time: Floats) -> tuple[_Rule, ...]:
    with np.errstate(invalid="ignore"):
        return (
            (Fault.NOT_A_NUMBER.reason, ~np.isfinite(time), lambda i: f"time is {time[i]}; send epoch seconds"),
            ("time-unit", time >= _LATEST_S, lambda i: _unit(float(time[i]))),
            ("time-range", time < 0, lambda i: f"time {time[i]:.15g} lies before 1970"),
            (
                Fault.OFF_GRID.reason,
                np.floor(time) != time,
                lambda i: (
                    f"time {time[i]:.15g} has a fraction; it is the start of a step: send {np.floor(time[i]):.0f}"
                ),
            ),
        )


def _unit(time: float) -> str:
    name, per_s = next((name, per_s) for least, name, per_s in _UNITS if time >= least)
    return f"time {time:.20g} looks like {name}; send epoch seconds: {time // per_s:.0f}"


def _of_numbers(good: Floats, bad: Floats, total: Floats, value: Floats, held: NDArray[np.bool_]) -> tuple[_Rule, ...]:
    counts = 3 - (np.isnan(good).astype(np.int8) + np.isnan(bad) + np.isnan(total))
    has_value = ~np.isnan(value)
    named = (("good", good), ("bad", bad), ("total", total))
    with np.errstate(invalid="ignore"):
        return (
            ("ambiguous", has_value & (counts > 0), lambda _: "value stands alone: send either value or counts"),
            ("missing", ~has_value & ~held & (counts < 2), lambda _: "send two of good, bad and total, or a value"),
            ("ambiguous", counts == 3, lambda _: "send two of good, bad and total, not all three"),
            *(
                (Fault.NOT_A_NUMBER.reason, np.isinf(column), _endless(name, column))
                for name, column in (*named, ("value", value))
            ),
            *((Fault.NEGATIVE.reason, column < 0, _negative(name, column)) for name, column in named),
            (
                Fault.MORE_THAN_TOTAL.reason,
                bad > total,
                lambda i: f"bad {bad[i]:.15g} is more than total {total[i]:.15g}",
            ),
        )


def _negative(name: str, column: Floats) -> Callable[[int], str]:
    return lambda i: f"{name} is {column[i]:.15g}; a count cannot be negative"


def _endless(name: str, column: Floats) -> Callable[[int], str]:
    return lambda i: f"{name} is {column[i]}, not a finite number"
