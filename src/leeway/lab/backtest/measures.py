"""What a score says, line by line, in words: the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from leeway.core.burns import FAST
from leeway.lab.backtest.incident import MATTERS
from leeway.lab.backtest.score import NIGHT, RESPOND_S, Score
from leeway.spec.quantity import count, percent, span


@dataclass(frozen=True, slots=True)
class Measure:
    """A line of a comparison: its name, what it means, and a score's figure."""

    name: str
    meaning: str
    figure: Callable[[Score], str]


def measures(*, marked: bool) -> tuple[Measure, ...]:
    """Every line, in order; `marked` says that people marked incidents."""
    if marked:
        incident, false = "incidents that people marked", "pages that answer no marked incident"
    else:
        incident = (
            f"pieces of at least {percent(Fraction(MATTERS).limit_denominator(100))} of the budget, spent more than "
            f"{FAST} times as fast as even, and more than chance"
        )
        false = f"pages whose burn did not matter, or was over within {span(RESPOND_S)}: nobody could have helped"
    lines = (
        Measure("pages", "somebody was woken or called", lambda one: f"{one.pages:,}"),
        Measure("at night", f"pages between {NIGHT[0]} and {NIGHT[1]} o'clock", lambda one: f"{one.night_pages:,}"),
        Measure("false pages", false, lambda one: f"{one.false_pages:,}"),
        Measure("tickets", "for the next working day", lambda one: f"{one.tickets:,}"),
        Measure("incidents paged", incident, lambda one: f"{one.paged:,} of {one.incidents:,}"),
        Measure("by ticket only", "incidents that nobody was woken for", lambda one: f"{one.ticketed:,}"),
        Measure("missed", "incidents that nobody was told of", lambda one: f"{one.missed:,}"),
        Measure("time to page", "from an incident's start, middle one", lambda one: _length(one.detection_s)),
        Measure("time to reset", "from an incident's end to its page's, middle one", lambda one: _length(one.reset_s)),
        Measure("budget gone at page", "middle one", lambda one: _share(one.budget_at_page)),
    )
    if not marked:
        return lines
    return (
        *lines,
        Measure("precision", "pages that answer an incident", lambda one: _share(one.precision)),
        Measure("recall", "incidents that were paged", lambda one: _share(one.recall)),
    )


def in_short(one: Score) -> str:
    """A score in a cell: pages and tickets, and what speaks against them.

    >>> in_short(Score("a", None, None, 3, 1, 0, 2, 2, 1, 0, 1, None, None, None, None, None))
    '3 pages (2 false), 1 ticket, 1 missed'
    """
    false = f" ({one.false_pages:,} false)" if one.false_pages else ""
    missed = f", {one.missed:,} missed" if one.missed else ""
    return f"{count(one.pages, 'page')}{false}, {count(one.tickets, 'ticket')}{missed}"


def _length(seconds: float | None) -> str:
    return "–" if seconds is None else span(round(seconds))


def _share(share: float | None) -> str:
    return "–" if share is None else percent(Fraction(share), 3)
