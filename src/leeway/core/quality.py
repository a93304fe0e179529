"""Is a measurement what it claims to be? What is not is set aside with a reason, and never repays budget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram import pack
from leeway.core.points import Floats, Ints, Points, Sketches
from leeway.errors import Invalid

FUTURE_S = 300
"""A point later than now by more than this is quarantined; it cannot move any clock."""

COUNT_SCALE = 10**6
"""Quanta per event of a live series: counts are exact to a millionth of an event."""

RATIO_SCALE = 10**12
"""Quanta per event of a raw ratio, which counts as one event."""

MAX_QUANTA = 2**53
"""The largest count of one step, in quanta: beyond it a float is no longer exact."""

MAX_SUM = 2**62
"""The largest sum of counts, in quanta, with room for a rounding of every one of them in 64 bits."""


Histograms = NDArray[np.object_]
"""A `leeway.core.histogram.Histogram` for each row that has one, else None."""


class Fault(IntEnum):
    """Why a row is quarantined; NONE is a row that can be trusted. `reason` is stable, `sentence` is for people."""

    NONE = 0
    OFF_GRID = 1
    FUTURE = 2
    NOT_A_NUMBER = 3
    NEGATIVE = 4
    MORE_THAN_TOTAL = 5
    TOO_LARGE = 6
    NO_RATIO = 7
    BROKEN_HISTOGRAM = 8

    @property
    def reason(self) -> str:
        """The stable word for machines."""
        return self.name.lower().replace("_", "-")

    @property
    def sentence(self) -> str:
        """What is wrong with the row."""
        return _SENTENCES[self]


_SENTENCES = {
    Fault.NONE: "nothing is wrong",
    Fault.OFF_GRID: "the time is not the start of a step",
    Fault.FUTURE: "the time lies more than five minutes ahead",
    Fault.NOT_A_NUMBER: "a number is empty, NaN or infinite, or not written plainly, as in 1000 or 0.5",
    Fault.NEGATIVE: "a count is below zero",
    Fault.MORE_THAN_TOTAL: "there are more good or bad events than events in total",
    Fault.TOO_LARGE: "a count is too large to be exact",
    Fault.NO_RATIO: "a ratio lies outside 0..1",
    Fault.BROKEN_HISTOGRAM: "the buckets contradict each other: a wider one counts fewer events, or +Inf not all",
}


class Kind(StrEnum):
    """What the numbers of a series are."""

    COUNTS = "counts"
    SUCCESS_RATIO = "success-ratio"
    FAILURE_RATIO = "failure-ratio"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows as received, before trust, in any order, repeats allowed; columns that the kind does not use are None.

    Counts have `total` and one of `good` and `bad`; raw ratios and values have `value`. A row of values may have a
    histogram in its place: its `value` is NaN then, and `histogram` None where there is none.
    """

    time: Ints
    good: Floats | None = None
    bad: Floats | None = None
    total: Floats | None = None
    value: Floats | None = None
    histogram: Histograms | None = None

    def __getitem__(self, at: NDArray[np.bool_]) -> Measured:
        good, bad, total, value = (
            None if column is None else column[at] for column in (self.good, self.bad, self.total, self.value)
        )
        histogram = None if self.histogram is None else self.histogram[at]
        return Measured(self.time[at], good, bad, total, value, histogram)

    @property
    def part(self) -> Floats:
        """The counted part of the total: good or bad events."""
        return _there(self.good if self.bad is None else self.bad)

    @property
    def whole(self) -> Floats:
        """What the part is counted of: all events."""
        return _there(self.total)


Faults = NDArray[np.int8]


def most_quanta(longest_s: int, step_s: int) -> int:
    """The largest count of one step that no sum over `longest_s` seconds of such steps can overflow with, in quanta.

    >>> most_quanta(30 * 86_400, 60) // COUNT_SCALE  # events a minute
    106751991
    """
    return min(MAX_QUANTA, MAX_SUM // max(1, longest_s // step_s))


def inspect(
    kind: Kind, rows: Measured, *, step_s: int, now: float | None = None, scale: int = 1, most: int = MAX_QUANTA
) -> Faults:
    """Per row its first fault (0 is none). `now` None judges no row as future; `most` caps a count, in quanta."""
    faults: Faults = np.zeros(len(rows.time), np.int8)

    def mark(wrong: NDArray[np.bool_], fault: Fault) -> None:
        faults[wrong & (faults == Fault.NONE)] = fault

    mark(rows.time % step_s != 0, Fault.OFF_GRID)
    if now is not None:
        mark(rows.time > now + FUTURE_S, Fault.FUTURE)
    if kind is Kind.COUNTS:
        part, total = rows.part, rows.whole
        mark(~(np.isfinite(part) & np.isfinite(total)), Fault.NOT_A_NUMBER)
        mark((part < 0) | (total < 0), Fault.NEGATIVE)
        mark(part > total, Fault.MORE_THAN_TOTAL)
        mark(total > most / scale, Fault.TOO_LARGE)
        return faults
    value = _there(rows.value)
    if kind is Kind.VALUE and rows.histogram is not None:
        held = rows.histogram != np.array(None)
        mark(~np.isfinite(value) & ~held, Fault.NOT_A_NUMBER)
        mark(np.array([each is not None and not each.sound for each in rows.histogram]), Fault.BROKEN_HISTOGRAM)
        mark(_totals(rows.histogram) > most / scale, Fault.TOO_LARGE)
        return faults
    mark(~np.isfinite(value), Fault.NOT_A_NUMBER)
    if kind is not Kind.VALUE:
        mark((value < 0) | (value > 1), Fault.NO_RATIO)
    return faults


def at_fault(fault: Fault, rows: Measured, place: int) -> tuple[str, ...]:
    """The columns that make this fault of one row, by their names; none for a row without a fault.

    >>> rows = Measured(np.array([60]), good=np.array([7.0]), total=np.array([5.0]))
    >>> at_fault(Fault.MORE_THAN_TOTAL, rows, 0)
    ('good', 'total')
    """
    numbers = {"good": rows.good, "bad": rows.bad, "total": rows.total, "value": rows.value}
    said = {name: float(column[place]) for name, column in numbers.items() if column is not None}
    match fault:
        case Fault.OFF_GRID | Fault.FUTURE:
            return ("time",)
        case Fault.NOT_A_NUMBER:
            return tuple(name for name, number in said.items() if not np.isfinite(number))
        case Fault.NEGATIVE:
            return tuple(name for name, number in said.items() if number < 0)
        case Fault.TOO_LARGE:
            return ("total",)
        case Fault.MORE_THAN_TOTAL | Fault.NO_RATIO:
            return tuple(said)
        case Fault.BROKEN_HISTOGRAM:
            return ("histogram",)
        case Fault.NONE:
            return ()
    assert_never(fault)


def trusted(kind: Kind, rows: Measured, faults: Faults, *, scale: int) -> Points:
    """The rows without fault as points: in whole quanta, by time; of rows with one time the later one stands."""
    keep = np.flatnonzero(faults == Fault.NONE)
    order = keep[np.argsort(rows.time[keep], kind="stable")]
    newest = np.append(np.diff(rows.time[order]) != 0, np.ones(min(1, len(order)), np.bool_)).astype(np.bool_)
    return as_points(kind, rows, order[newest], scale=scale)


def as_points(kind: Kind, rows: Measured, order: NDArray[np.intp], *, scale: int) -> Points:
    """These rows in this order as points, in whole quanta; none of them has a fault."""
    time, one = rows.time[order], np.full(len(order), scale, np.int64)
    match kind:
        case Kind.COUNTS:
            part, total = quanta(rows.part[order], scale), quanta(rows.whole[order], scale)
            return Points(time, part if rows.bad is None else total - part, total, None, scale)
        case Kind.SUCCESS_RATIO:
            return Points(time, quanta(_there(rows.value)[order], scale), one, None, scale)
        case Kind.FAILURE_RATIO:
            return Points(time, one - quanta(_there(rows.value)[order], scale), one, None, scale)
        case Kind.VALUE:
            none, value = np.zeros(len(order), np.int64), _there(rows.value)[order]
            if rows.histogram is None:
                return Points(time, none, one, value, scale)
            held = rows.histogram[order]
            total = np.where(held != np.array(None), _totals(held) * scale, one)
            return Points(time, none, total, value, scale, _packed(held))
    assert_never(kind)


def _totals(histograms: Histograms) -> Ints:
    return np.array([0 if each is None else each.total for each in histograms], np.int64)


def _packed(histograms: Histograms) -> Sketches | None:
    if not any(histograms):
        return None
    packed = [None if each is None else pack(each.fitted()) for each in histograms]
    return np.array([*packed, None], object)[:-1]


def _there(column: Floats | None) -> Floats:
    if column is None:
        raise ValueError("a column that this kind of series needs is missing")
    return column


def quanta(amount: Floats, scale: int) -> Ints:
    """Whole quanta nearest to each amount."""
    return np.rint(amount * scale).astype(np.int64)


def fitting_scale(*columns: Floats, finest: int = 18) -> int:
    """The smallest power of ten in which all numbers are whole, for one-off evaluations; the numbers are trusted ones.

    Where there is none (thirds), or it would take sums beyond 64 bits, the finest that fits: the average row of a month
    of minutes keeps 13 digits. Raises Invalid if not even whole events can be added up.

    >>> fitting_scale(np.array([1.0, 2.5]))
    10
    """
    most = max((float(column.sum()) for column in columns), default=0.0)
    if most > MAX_SUM:
        raise Invalid(f"the counts add up to {most:.1e} events", mend="count in thousands or millions")
    scale = 1
    for _ in range(finest):
        if most * scale * 10 > MAX_SUM or all(_whole(each * scale) for each in columns):
            break
        scale *= 10
    return scale


def _whole(amount: Floats) -> bool:
    return bool(np.all(np.abs(amount - np.rint(amount)) <= np.abs(amount) * 1e-15))


def increases(samples: Floats) -> Floats:
    """How much a counter grew at each sample after the first, by the max-reset rule: a fall is a restart from zero.

    >>> increases(np.array([100.0, 150, 170, 5, 25, 0, 3])).tolist()
    [50.0, 20.0, 5.0, 20.0, 0.0, 3.0]
    """
    grown = np.diff(samples)
    return np.where(grown < 0, samples[1:], grown)
