"""One minute of a whole fleet: burn rates and budgets of all columns of a ledger, as arrays.

The same numbers as `core.assess` gives for one objective, in floating point; what decides exactly at a threshold looks
there. NaN stands where nothing counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leeway.core.burn import SPANS
from leeway.core.cells import Places, places
from leeway.core.ledger import Ledger, Sums
from leeway.core.ledger.grid import HOUR_S, MINUTE_DAYS, MINUTE_S
from leeway.core.objective import DAY_S, Objective
from leeway.core.points import Floats
from leeway.core.tally import units
from leeway.core.window import Span, Window


@dataclass(frozen=True, slots=True)
class Roster:
    """What a pulse needs of the objectives in a ledger, by column; made once per change of definitions."""

    columns: Places
    allowed_share: Floats
    bad_unit: Floats
    total_unit: Floats
    slice_s: Floats
    windows: tuple[tuple[Window, Places], ...]

    @classmethod
    def of(cls, objectives: Sequence[tuple[int, Objective, int]]) -> Roster:
        """From (column, objective, scale of its series). `slice_s` is NaN where the method counts events."""
        by_window: defaultdict[Window, list[int]] = defaultdict(list)
        for place, (_, objective, _) in enumerate(objectives):
            by_window[objective.window].append(place)
        quanta = [units(objective.method, scale) for _, objective, scale in objectives]
        return cls(
            places(np.array([column for column, _, _ in objectives], np.intp)),
            np.array([float(objective.allowed_share) for _, objective, _ in objectives]),
            np.array([unit.bad for unit in quanta], np.float64),
            np.array([unit.total for unit in quanta], np.float64),
            np.array([_slice_s(objective) for _, objective, _ in objectives], np.float64),
            tuple((window, places(np.array(its, np.intp))) for window, its in by_window.items()),
        )

    def __len__(self) -> int:
        return len(self.allowed_share)


def _slice_s(objective: Objective) -> float:
    return float("nan") if objective.method.counts_events or not objective.slice_s else objective.slice_s


@dataclass(frozen=True, slots=True)
class Pulse:
    """Arrays by the roster's order; `burn` has a row per span of `core.burn.SPANS`."""

    as_of: int
    burn: Floats
    bad: Floats
    total: Floats
    allowed: Floats
    remaining_ratio: Floats
    coverage: Floats


def pulse(ledger: Ledger, roster: Roster, as_of: int, *, step_s: int = 60) -> Pulse:
    """All burn rates and budgets at `as_of`. Raises the ledger's OutOfReach if an hour must be lent first."""
    now = ledger.sums(as_of, roster.columns)
    factor = roster.total_unit / (roster.bad_unit * roster.allowed_share)
    burn = np.empty((len(SPANS), len(roster)))
    for row, length in enumerate(SPANS.values()):
        np.multiply(
            _ratio(now - ledger.sums(max(as_of - length, ledger.oldest), roster.columns)), factor, out=burn[row]
        )
    bad, total, allowed, coverage = (np.empty(len(roster)) for _ in range(4))
    for definition, these in roster.windows:
        window = definition.at(as_of)
        spent = (now - ledger.sums(max(window.start, ledger.oldest), roster.columns))[these]
        bad[these] = spent.bad / roster.bad_unit[these]
        total[these] = spent.total / roster.total_unit[these]
        allowed[these] = _allowed(roster, these, window, total[these])
        coverage[these] = spent.covered / max(1, (as_of - window.start) // step_s)
    return Pulse(as_of, burn, bad, total, allowed, _remaining(bad, allowed), coverage)


def burn_down(ledger: Ledger, roster: Roster, as_of: int, *, parts: int = 60) -> Floats:
    """Remaining ratios (parts × objectives) at the ends of equal parts of each window's elapsed time, oldest first.

    What the window's slices had spent by then, of what the window allows as known at `as_of`: a calendar window burns
    down from whole, a rolling one ends at today's figure. Ends are whole hours in windows longer than the ledger's days
    of minutes. NaN until something counts.
    """
    now = ledger.sums(as_of, roster.columns)
    remaining = np.full((parts, len(roster)), np.nan)
    for definition, these in roster.windows:
        window = definition.at(as_of)
        begin = ledger.sums(max(window.start, ledger.oldest), roster.columns)
        seen = (now - begin)[these].total / roster.total_unit[these]
        allowed = _allowed(roster, these, window, seen)
        grain = MINUTE_S if as_of - window.start < (MINUTE_DAYS - 1) * DAY_S else HOUR_S
        for part in range(parts):
            end = window.start + (as_of - window.start) * (part + 1) // parts
            end = as_of if part == parts - 1 else max(window.start, ledger.oldest, end - end % grain)
            spent = (ledger.sums(end, roster.columns) - begin)[these]
            row = _remaining(spent.bad / roster.bad_unit[these], allowed)
            remaining[part, these] = np.where(spent.total > 0, row, np.nan)
    return remaining


def _allowed(roster: Roster, these: Places, window: Span, total: Floats) -> Floats:
    slices = window.length_s / roster.slice_s[these]
    allowed: Floats = roster.allowed_share[these] * np.where(np.isnan(slices), total, slices)
    return allowed


def _remaining(bad: Floats, allowed: Floats) -> Floats:
    remaining: Floats = 1 - np.divide(bad, allowed, out=np.full(len(bad), np.nan), where=allowed > 0)
    return remaining


def _ratio(sums: Sums) -> Floats:
    ratio: Floats = np.divide(sums.bad, sums.total, out=np.full(len(sums.bad), np.nan), where=sums.total > 0)
    return ratio
