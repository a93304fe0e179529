"""Is a measurement what it claims to be? What is not is set aside with a reason, and never repays budget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints, Points

FUTURE_S = 300
"""A point later than now by more than this is quarantined; it cannot move any clock."""

COUNT_SCALE = 10**6
"""Quanta per event of a live series: counts are exact to a millionth of an event."""

RATIO_SCALE = 10**12
"""Quanta per event of a raw ratio, which counts as one event."""

MAX_QUANTA = 2**53
"""The largest count of one step, in quanta: beyond it a float is no longer exact."""


class Fault(StrEnum):
    """Why a row is quarantined. The values are stable; people see `explain`."""

    OFF_GRID = "off-grid"
    NOT_A_NUMBER = "not-a-number"
    NEGATIVE = "negative"
    MORE_THAN_TOTAL = "more-than-total"
    NO_RATIO = "no-ratio"
    TOO_LARGE = "too-large"
    FUTURE = "future"


def explain(fault: Fault) -> str:
    """The fault in one sentence."""
    match fault:
        case Fault.OFF_GRID:
            return "the time is not the start of a step"
        case Fault.NOT_A_NUMBER:
            return "a number is empty, NaN or infinite"
        case Fault.NEGATIVE:
            return "a count is below zero"
        case Fault.MORE_THAN_TOTAL:
            return "more good or bad events than events in total"
        case Fault.NO_RATIO:
            return "a ratio lies outside 0..1"
        case Fault.TOO_LARGE:
            return "a count is too large to be exact"
        case Fault.FUTURE:
            return "the time lies more than five minutes ahead"
    assert_never(fault)


class Kind(StrEnum):
    """What the numbers of a series are."""

    COUNTS = "counts"
    RAW_RATIO = "raw-ratio"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows as received, before trust: `good` and `total` for counts (bad events already turned into good ones by
    `good_from_bad`), `value` for a raw success ratio or a value. Unused columns are None. Any order, repeats allowed.
    """

    time: Ints
    good: Floats | None = None
    total: Floats | None = None
    value: Floats | None = None


Faults = NDArray[np.object_]


def inspect(kind: Kind, rows: Measured, *, step_s: int, now: float | None = None, scale: int = 1) -> Faults:
    """Per row its first fault, or None if it can be trusted. `now` None judges no row as future."""
    faults: Faults = np.full(len(rows.time), None, np.object_)

    def mark(wrong: NDArray[np.bool_], fault: Fault) -> None:
        faults[wrong & (faults == None)] = fault  # noqa: E711 - an element-wise comparison, not an identity

    mark(rows.time % step_s != 0, Fault.OFF_GRID)
    if now is not None:
        mark(rows.time > now + FUTURE_S, Fault.FUTURE)
    if kind is Kind.COUNTS:
        good, total = _columns(rows.good, rows.total)
        mark(~(np.isfinite(good) & np.isfinite(total)), Fault.NOT_A_NUMBER)
        mark((good > total) & ~(total < 0), Fault.MORE_THAN_TOTAL)
        mark((good < 0) | (total < 0), Fault.NEGATIVE)
        mark(total > MAX_QUANTA / scale, Fault.TOO_LARGE)
    else:
        (value,) = _columns(rows.value)
        mark(~np.isfinite(value), Fault.NOT_A_NUMBER)
        if kind is Kind.RAW_RATIO:
            mark((value < 0) | (value > 1), Fault.NO_RATIO)
    return faults


def _columns(*columns: Floats | None) -> tuple[Floats, ...]:
    if any(column is None for column in columns):
        raise ValueError("a column that this kind of series needs is missing")
    return tuple(column for column in columns if column is not None)


def trusted(kind: Kind, rows: Measured, faults: Faults, *, scale: int) -> Points:
    """The rows without fault as points: in whole quanta, by time; of rows with one time the later one stands."""
    keep = np.flatnonzero(faults == None)  # noqa: E711 - an element-wise comparison, not an identity
    order = keep[np.argsort(rows.time[keep], kind="stable")]
    time = rows.time[order]
    last = np.append(time[1:] != time[:-1], np.True_) if len(time) else np.empty(0, np.bool_)
    order, time = order[last], time[last]
    if kind is Kind.VALUE:
        (value,) = _columns(rows.value)
        return Points(time, np.zeros(len(time), np.int64), np.full(len(time), scale, np.int64), value[order], scale)
    if kind is Kind.RAW_RATIO:
        (value,) = _columns(rows.value)
        return Points(time, quanta(value[order], scale), np.full(len(time), scale, np.int64), None, scale)
    good, total = _columns(rows.good, rows.total)
    return Points(time, quanta(good[order], scale), quanta(total[order], scale), None, scale)


def quanta(amount: Floats, scale: int) -> Ints:
    """Whole quanta nearest to each amount."""
    return np.rint(amount * scale).astype(np.int64)


def good_from_bad(bad: Floats, total: Floats) -> Floats:
    """Good events where bad ones were counted. Bad below zero becomes good above total, so it is found out."""
    return total - bad


def fitting_scale(*columns: Floats | None, finest: int = 9) -> int:
    """The smallest power of ten in which all finite numbers are whole, up to 10^finest: for one-off evaluations.

    >>> fitting_scale(np.array([1.0, 2.5]))
    10
    """
    amounts = [column[np.isfinite(column)] for column in columns if column is not None]
    for digits in range(finest):
        scaled = [amount * 10.0**digits for amount in amounts]
        if all(np.all(np.abs(each - np.rint(each)) <= np.abs(each) * 1e-15) for each in scaled):
            return 10**digits
    return 10**finest


def increases(samples: Floats) -> Floats:
    """How much a counter grew at each sample after the first, by the max-reset rule: a fall is a restart from zero.

    >>> increases(np.array([100.0, 150, 170, 5, 25, 0, 3])).tolist()
    [50.0, 20.0, 5.0, 20.0, 0.0, 3.0]
    """
    grown = np.diff(samples)
    return np.where(grown < 0, samples[1:], grown)
