"""Points of many SLOs as columns, as a file or a program gave them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leeway.core.histogram import Histogram
from leeway.core.points import Floats, Ints
from leeway.core.quality import Histograms
from leeway.spec.rows import Refused

Lines = NDArray[np.int32]
Codes = NDArray[np.int32]
NUMBERS = ("good", "bad", "total", "value")


class Owner(NamedTuple):
    """Whose rows they are; `objective` "" means every objective of the SLO."""

    slo: str
    objective: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by owner, owners in any order, each one's rows in that of the file. `rows` tells where, by `bounds`.

    Numbers that are none are NaN, rows without a histogram have None there; columns that there are not are None.
    """

    owners: tuple[Owner, ...]
    bounds: Ints
    line: Lines
    time: Ints
    good: Floats | None = None
    bad: Floats | None = None
    total: Floats | None = None
    value: Floats | None = None
    histogram: Histograms | None = None
    refused: tuple[Refused, ...] = ()

    @classmethod
    def of_one(cls, owner: Owner, time: Ints, *, good: Floats, total: Floats) -> Table:
        """The counts of one owner, in lines from 0."""
        count = len(time)
        return cls((owner,), np.array([0, count]), np.arange(count, dtype=np.int32), time, good=good, total=total)

    def __len__(self) -> int:
        return len(self.time)

    def rows(self, owner: int) -> slice:
        """Where the rows of an owner lie, by its place among the owners."""
        return slice(int(self.bounds[owner]), int(self.bounds[owner + 1]))


class Columns:
    """A table in the making. Columns grow where they are, so that memory holds none of them twice."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._histograms: list[Histogram | None] = []
        self._owner, self._line, self._time = array("i"), array("i"), array("q")
        self._numbers = {name: array("d") for name in numbers}

    def add(
        self,
        owner: Ints,
        line: Ints,
        time: Ints,
        numbers: Sequence[Floats],
        histograms: Sequence[Histogram | None] | None = None,
    ) -> None:
        """One part; the numbers in the order of their names. Histograms come with every part, or with none."""
        self._histograms += histograms or ()
        self._owner.frombytes(owner.astype(np.int32).tobytes())
        self._line.frombytes(line.astype(np.int32).tobytes())
        self._time.frombytes(time.tobytes())
        for column, part in zip(self._numbers.values(), numbers, strict=True):
            column.frombytes(part.tobytes())

    def table(self, owners: tuple[Owner, ...], refused: tuple[Refused, ...]) -> Table:
        """All of it by owner."""
        owner, line = np.frombuffer(self._owner, np.int32), np.frombuffer(self._line, np.int32)
        bounds = np.append(0, np.cumsum(np.bincount(owner, minlength=len(owners))))
        order = _order(owner, line, len(owners))
        numbers = {name: np.frombuffer(column, np.float64)[order] for name, column in self._numbers.items()}
        return Table(
            owners,
            bounds,
            line[order],
            np.frombuffer(self._time, np.int64)[order],
            **{name: numbers.get(name) for name in NUMBERS},
            histogram=np.array([*self._histograms, None], object)[:-1][order] if any(self._histograms) else None,
            refused=refused,
        )


def _order(owner: Codes, line: Lines, owners: int) -> NDArray[np.intp] | slice:
    """By owner, then by line; where lines ascend, numpy counts up to 2^15 owners instead of comparing them."""
    if not (line[1:] > line[:-1]).all():
        return np.lexsort((line, owner))
    if (owner[1:] >= owner[:-1]).all():
        return slice(None)
    return np.argsort(owner.astype(np.int16) if owners <= 2**15 else owner, kind="stable")
