"""The health of services in a matrix: by state, or by the values of a label, at the end of a report's span."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from leeway.client.documents import State
from leeway.client.figures import WORST
from leeway.server.pages.report import Labels, Report

STATES: tuple[State, ...] = ("healthy", "at_risk", "exhausted", "no_data")
REST = "none"
"""The column of SLOs without the label."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many objectives `of` all in a cell are in a state; the `worst` of all of them."""

    number: int
    of: int
    worst: State


@dataclass(frozen=True, slots=True)
class Matrix:
    """`key` is the label whose values the columns are, "" for states; None where a service has nothing in a column."""

    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Share | None, ...]], ...]


def keys(labels: Labels) -> tuple[str, ...]:
    """The labels that any SLO carries, by name."""
    return tuple(sorted({key for each in labels.values() for key in each}))


def matrix(of: Report, key: str) -> Matrix:
    """How many objectives of each service are in each state or, with a label, how many of each value are healthy."""
    cells: defaultdict[str, defaultdict[str, list[State]]] = defaultdict(lambda: defaultdict(list))
    for row in of.rows:
        service, state = row.status.service, row.end.state
        for value in of.labels.get(row.status.slo, {}).get(key, (REST,)) if key else ("",):
            cells[service][value].append(state)
    if key:
        found = {value for row in cells.values() for value in row}
        columns = (*sorted(found - {REST}), *([REST] if REST in found else []))
        rows = tuple(
            (service, tuple(_share(row.get(value, ()), "healthy") for value in columns))
            for service, row in sorted(cells.items())
        )
        return Matrix(key, columns, rows)
    rows = tuple((service, tuple(_share(row[""], state) for state in STATES)) for service, row in sorted(cells.items()))
    return Matrix("", STATES, rows)


def _share(states: Sequence[State], state: State) -> Share | None:
    if not states:
        return None
    return Share(Counter(states)[state], len(states), min(states, key=WORST.index))
