"""The columns of the list of SLOs: what each is called, what it is sorted by, and what its cell says of an objective.

Cells are text of HTML, put together by hand: a page has twelve thousand of them. All that people wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape

from leeway.client import figures
from leeway.client.documents import Status
from leeway.server.pages import views
from leeway.server.pages.chart import sparkline

WHOLE = 0.99
"""Data that covers this share of the window is whole; what is missing is told beside it all the same."""

Cell = Callable[[Status, datetime], str]


@dataclass(frozen=True, slots=True)
class Column:
    """`title` heads it, `word` is what the glossary calls it, `sort` the order that its head leads to, "" for none."""

    title: str
    word: str
    sort: str
    cell: Cell
    number: bool = False
    down: bool = False
    """Sorted downwards at the first press: the greatest is what one looks for."""


def _service(one: Status, _: datetime) -> str:
    return escape(one.service)


def _state(one: Status, _: datetime) -> str:
    mark = figures.MARKS[one.state]
    return f'<span class="state {one.state}"><span class="sign" aria-hidden="true">{mark.icon}</span>{mark.word}</span>'


def _target(one: Status, _: datetime) -> str:
    return f"<span>{figures.percent(one.target)}<small>{figures.window(one)}</small></span>"


def _window(one: Status, _: datetime) -> str:
    return figures.window(one)


def _method(one: Status, _: datetime) -> str:
    return one.method


def _sli(one: Status, _: datetime) -> str:
    band = f"<small>{figures.interval(one)}</small>" if one.interval else ""
    return f"<span>{figures.sli(one)}{band}</span>"


def _remaining(one: Status, _: datetime) -> str:
    left = "" if one.state == "no_data" else f"<small>{figures.left(one, one.slice_s)}</small>"
    return f"<span><strong>{figures.rough(one.budget.remaining_ratio)}</strong>{left}</span>"


def _trace(one: Status, _: datetime) -> str:
    return sparkline(one.trace, views.drawn(one))


def _burn(span: str) -> Cell:
    return lambda one, _: figures.burn(one.burn_rates.get(span))


def _lasts(one: Status, _: datetime) -> str:
    return figures.lasts(one)


def _data(one: Status, now: datetime) -> str:
    """A mark with its word, how old the newest point is, and how much of the window is there."""
    coverage, filled = f"coverage {figures.covered(one.coverage)}", figures.filled(one)
    told = f"<small>{coverage}</small>" + (f"<small>{filled}</small>" if filled else "")
    if one.source.last_error:
        said = f"⚠ {one.source.source} fails ({one.source.failures}×)"
        return f'<span><span class="trouble" title="{escape(one.source.last_error)}">{escape(said)}</span>{told}</span>'
    if one.data_until is None:
        return f"<span>? no point yet{told}</span>"
    mark = "✓" if (one.coverage or 0.0) >= WHOLE else "◐ gaps,"
    return f'<span><span class="nowrap">{mark} newest {figures.age(one.data_until, now)}</span>{told}</span>'


def _owner(one: Status, _: datetime) -> str:
    return escape(one.owner or figures.NONE)


def _reviewed(one: Status, _: datetime) -> str:
    return escape(one.reviewed or figures.NONE)


def _labels(one: Status, _: datetime) -> str:
    return " ".join(f'<span class="nowrap">{escape(label)}</span>' for label in one.labels) or figures.NONE


COLUMNS: Mapping[str, Column] = {
    "service": Column("Service", "service", "service", _service),
    "state": Column("State and alerts", "", "state", _state),
    "target": Column("Target", "target", "target", _target, number=True),
    "window": Column("Window", "window", "window", _window),
    "method": Column("Method", "budgeting method", "method", _method),
    "sli": Column("SLI, interval", "SLI", "sli", _sli, number=True),
    "remaining": Column("Budget left", "error budget", "remaining", _remaining, number=True),
    "trace": Column("Over the window", "", "", _trace),
    "burn": Column("Burn 1 h", "burn rate", "burn", _burn("1h"), number=True, down=True),
    "burn_6h": Column("6 h", "burn rate", "burn_6h", _burn("6h"), number=True, down=True),
    "burn_3d": Column("3 d", "burn rate", "burn_3d", _burn("3d"), number=True, down=True),
    "lasts": Column("Lasts", "time to exhaustion", "lasts", _lasts, number=True),
    "data": Column("Data", "coverage", "data", _data),
    "owner": Column("Owner", "", "owner", _owner),
    "reviewed": Column("Reviewed", "", "reviewed", _reviewed),
    "labels": Column("Labels", "", "", _labels),
}
"""By the name in addresses, in the order in which they stand. The SLO itself stands before them all."""

USUAL = tuple(name for name in COLUMNS if name not in ("service", "window", "method", "owner", "reviewed", "labels"))
"""Those that a list has if nobody chose (the service stands below the name then); with owner and reviewed where any SLO
says so."""
