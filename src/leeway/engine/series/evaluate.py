"""What an expression gives at many moments at once: the arithmetic of Prometheus on arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats
from leeway.engine.series.language import (
    ARITHMETIC,
    Aggregation,
    Binary,
    Expression,
    Number,
    Selector,
    Time,
)
from leeway.engine.series.line import NAME, Labels, Line
from leeway.errors import Invalid


class Unanswerable(Invalid):
    """A question that can be read, whose answer does not exist or is too large."""


Vector = tuple[Line, ...]
Flags = NDArray[np.bool_]

MOST_CHOSEN = 2.0**63

_COMPUTE: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": lambda base, exponent: np.power(base.astype(np.longdouble), exponent).astype(np.float64),
}
"""Powers in double precision differ from processor to processor in their last digit."""

_COMPARE: Mapping[str, Callable[[Floats, Floats], Flags]] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}


def evaluate(expression: Expression, at: Floats, select: Callable[[Selector], Vector]) -> Vector | Floats:
    """Lines, or a number for each moment. Raises Unanswerable where two lines would have one name."""
    with np.errstate(all="ignore"):
        return _value(expression, at, select)


def _value(expression: Expression, at: Floats, select: Callable[[Selector], Vector]) -> Vector | Floats:
    match expression:
        case Number(value=value):
            return np.full(len(at), value)
        case Time():
            return at
        case Selector():
            return select(expression)
        case Binary(left=left, right=right):
            return _binary(expression, _value(left, at, select), _value(right, at, select))
        case Aggregation(of=of, number=number):
            lines = _value(of, at, select)
            if not isinstance(lines, tuple):
                raise TypeError("the parser lets only vectors be aggregated")
            if number is None:
                return _aggregated(expression, lines)
            many = _value(number, at, select)
            if isinstance(many, tuple):
                raise TypeError("the parser lets only numbers choose how many")
            return _chosen(expression, lines, many)


def _binary(asked: Binary, left: Vector | Floats, right: Vector | Floats) -> Vector | Floats:
    if isinstance(left, tuple):
        if isinstance(right, tuple):
            raise TypeError("the parser lets at most one side be a vector")
        number = right
        return _distinct(tuple(_with(asked, line, line.values, number) for line in left))
    if isinstance(right, tuple):
        number = left
        return _distinct(tuple(_with(asked, line, number, line.values) for line in right))
    if asked.op in ARITHMETIC:
        return _COMPUTE[asked.op](left, right)
    return _COMPARE[asked.op](left, right).astype(np.float64)


def _with(asked: Binary, line: Line, left: Floats, right: Floats) -> Line:
    if asked.op in ARITHMETIC:
        return Line(_nameless(line.labels), _COMPUTE[asked.op](left, right), line.here)
    holds = _COMPARE[asked.op](left, right)
    if asked.judges:
        return Line(_nameless(line.labels), holds.astype(np.float64), line.here)
    return Line(line.labels, line.values, line.here & holds)


def _aggregated(asked: Aggregation, lines: Vector) -> Vector:
    result = []
    for labels, group in _groups(asked, lines).items():
        values, here = np.stack([one.values for one in group]), np.stack([one.here for one in group])
        count = here.sum(axis=0).astype(np.float64)
        match asked.op:
            case "count":
                found = count
            case "sum" | "avg":
                found = np.where(here, values, 0.0).sum(axis=0)
                found = found / count if asked.op == "avg" else found
            case "min":
                found = np.fmin.reduce(np.where(here, values, np.nan))
            case _:
                found = np.fmax.reduce(np.where(here, values, np.nan))
        result.append(Line(labels, found, count > 0))
    return tuple(result)


def _chosen(asked: Aggregation, lines: Vector, many: Floats) -> Vector:
    """The largest or smallest of each group at each moment; a NaN comes last. Largest (or smallest) first."""
    if not (np.abs(many) < MOST_CHOSEN).all():
        raise Unanswerable("how many are chosen overflows int64")
    result = []
    for group in _groups(asked, lines).values():
        values, here = np.stack([one.values for one in group]), np.stack([one.here for one in group])
        sign = -1.0 if asked.op == "topk" else 1.0
        order = np.lexsort((np.where(here, sign * values, np.nan), ~here), axis=0)
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(len(group))[:, None], axis=0)
        chosen = here & (rank < np.trunc(many))
        result += [Line(group[place].labels, group[place].values, chosen[place]) for place in order[:, -1]]
    return tuple(result)


def _groups(asked: Aggregation, lines: Vector) -> dict[Labels, list[Line]]:
    groups: defaultdict[Labels, list[Line]] = defaultdict(list)
    for line in lines:
        drop = {*asked.labels, NAME}
        key = tuple(one for one in line.labels if (one[0] not in drop if asked.without else one[0] in asked.labels))
        groups[key].append(line)
    return groups


def _nameless(labels: Labels) -> Labels:
    return tuple(one for one in labels if one[0] != NAME)


def _distinct(lines: Vector) -> Vector:
    """Lines with one set of labels that are never there together are one; those that are, a fault."""
    by_labels: dict[Labels, Line] = {}
    for line in lines:
        if not line.here.any():
            continue
        other = by_labels.get(line.labels)
        if other is None:
            by_labels[line.labels] = line
        elif (other.here & line.here).any():
            raise Unanswerable("vector cannot contain metrics with the same labelset")
        else:
            values = np.where(line.here, line.values, other.values)
            by_labels[line.labels] = Line(line.labels, values, other.here | line.here)
    return tuple(by_labels.values())
