"""From a table of points to series: the rows of each SLO or objective that can be trusted, and how long a row lasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from leeway.core.objective import DAY_S
from leeway.core.points import Ints, Points
from leeway.core.quality import Fault, Kind, Measured, fitting_scale, inspect, trusted
from leeway.engine.offline import refused
from leeway.errors import Invalid
from leeway.formats.points import Owner, Table
from leeway.spec.rows import Refused

MINUTE_S = 60
ON_GRID = 0.95
"""So many of the rows must lie on the grid of their most common distance before it is taken for how long they last."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its rows, trusted points in the order of time, perhaps none, and the lines that were set aside."""

    owner: Owner
    step_s: int
    table: Table
    points: Points
    refused: tuple[Refused, ...]

    @property
    def born(self) -> int:
        """When its first row begins; 0 if there is none."""
        return int(self.points.time[0]) if len(self.points) else 0

    @property
    def end(self) -> int:
        """When its last row is over; 0 if there is none."""
        return int(self.points.time[-1]) + self.step_s if len(self.points) else 0

    @property
    def covered(self) -> float:
        """The share of its steps that have a row; 0 if there is none."""
        return len(self.points) * self.step_s / max(self.step_s, self.end - self.born)


def series_of(table: Table, step_s: int | None = None) -> Iterator[Series]:
    """Every series of the table in the order of the file; `step_s` None is told from the rows, of each series alone.

    A row without an objective is a row of every objective that the same SLO has in the table. In a table of counts and
    values a series without any total has values, or histograms. Rows that name no SLO are refused; a series may turn
    out to have no point at all. Raises Invalid where counts are too large to be added.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place in sorted(range(len(table.owners)), key=lambda one: _first_line(table, one)):
        places[table.owners[place].slo].append(place)
    for slo, own in places.items():
        named = [place for place in own if table.owners[place].objective]
        common = [place for place in own if not table.owners[place].objective]
        for group in [[place, *common] for place in named] or [common]:
            owner = table.owners[group[0]]
            yield _nameless(table, owner, group) if not slo else _series(table, owner, group, step_s)


def _series(table: Table, owner: Owner, group: list[int], step_s: int | None) -> Series:
    own = _own(table, owner, group)
    kind, measured = Kind.COUNTS, Measured(own.time, own.good, own.bad, own.total)
    measures = own.value is not None or own.histogram is not None
    if measures and (own.total is None or not np.isfinite(own.total).any()):
        value = np.full(len(own), np.nan) if own.value is None else own.value
        kind, measured = Kind.VALUE, Measured(own.time, value=value, histogram=own.histogram)
    step_s = step_s or step_of(own.time)
    faults = inspect(kind, measured, step_s=step_s)
    scale, true = 1, faults == Fault.NONE
    if kind is Kind.COUNTS:
        try:
            scale = fitting_scale(measured.part[true], measured.whole[true])
        except Invalid as error:
            raise Invalid(f"SLO {owner.slo}: {error.message}", mend=error.mend) from error
    rows = (refused(int(own.line[place]), measured, faults, int(place)) for place in np.flatnonzero(~true))
    return Series(owner, step_s, own, trusted(kind, measured, faults, scale=scale), tuple(rows))


def _nameless(table: Table, owner: Owner, group: list[int]) -> Series:
    own = _own(table, owner, group)
    rows = tuple(Refused(int(line), "no SLO is named", "slo") for line in own.line)
    return Series(owner, MINUTE_S, own, Points.empty(), rows)


def _first_line(table: Table, owner: int) -> int:
    return int(table.line[table.rows(owner)].min(initial=np.iinfo(np.int32).max))


def _own(table: Table, owner: Owner, group: list[int]) -> Table:
    """All rows of the group, in the order of the file, since a later row stands for an earlier one of the same time."""
    places = np.concatenate([np.arange(len(table))[table.rows(one)] for one in group])
    places = places[np.argsort(table.line[places], kind="stable")]
    good, bad, total, value = (
        None if one is None else one[places] for one in (table.good, table.bad, table.total, table.value)
    )
    bounds, line, time = np.array([0, len(places)]), table.line[places], table.time[places]
    histogram = None if table.histogram is None else table.histogram[places]
    return Table((owner,), bounds, line, time, good, bad, total, value, histogram)


def step_of(time: Ints) -> int:
    """How long rows last, told from their times: their most common distance, where nearly all lie on its grid.

    Only lengths that fit a day, or that days fit, are believed; else it is a minute.

    >>> step_of(np.arange(0, 86_400, 3_600)), step_of(np.array([0, 60, 660, 4_020]))
    (3600, 60)
    """
    apart = np.diff(np.sort(time))
    gaps, often = np.unique(apart[apart > 0], return_counts=True)
    if not len(gaps):
        return MINUTE_S
    step_s = int(gaps[np.argmax(often)])
    fits = DAY_S % step_s == 0 or step_s % DAY_S == 0
    return step_s if fits and (time % step_s == 0).mean() >= ON_GRID else MINUTE_S
