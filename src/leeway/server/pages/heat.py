"""Days and hours of the week as cells: a step of five, its colour, and the figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import dropwhile
from urllib.parse import urlencode

from leeway.client import figures
from leeway.client.spending import Calendar, Day, HourOfWeek, Week
from leeway.engine.charts import Spans, Spent

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS, LAST_DAY = 24, 31
OF_EVEN = (0.5, 1.0, 2.0, 5.0)
"""Where the steps of a day end, in its even share; the first two are within it."""

OF_RATE = (0.5, 1.0, 2.0, 5.0)
"""Where the steps of an hour end, in burn rates."""

DAY_STEPS = ("up to half of its even share", "up to all of it", "up to twice", "up to five times", "more")
HOUR_STEPS = ("burn rate up to 0.5×", "up to 1×", "up to 2×", "up to 5×", "more")


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind` is its class: burnt0 to burnt5, or unknown; `mark` stands in it, `words` say it all."""

    kind: str
    mark: str
    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A month, with None for days that it has not or that are still to come; or a day of the week."""

    name: str
    cells: tuple[Cell | None, ...]


def months(of: Calendar, address: str) -> tuple[Row, ...]:
    """The newest month first, none that is older than the first day of which anything is known."""
    found: dict[str, dict[int, Cell]] = {}
    for one in dropwhile(lambda day: day.state == "unknown", of.items):
        found.setdefault(f"{one.date:%b %Y}", {})[one.date.day] = _day(one, address)
    rows = [Row(name, tuple(cells.get(day) for day in range(1, LAST_DAY + 1))) for name, cells in found.items()]
    return tuple(reversed(rows))


def weekdays(of: Week) -> tuple[Row, ...]:
    """Monday first."""
    cells = {(one.weekday, one.hour): _hour(one) for one in of.items}
    return tuple(Row(name, tuple(cells.get((at, hour)) for hour in range(HOURS))) for at, name in enumerate(WEEKDAYS))


def _day(one: Day, address: str) -> Cell:
    name = f"{one.date:%a} {one.date.isoformat()}"
    there = _there(address, one.start, one.end)
    if one.state == "unknown":
        return Cell("unknown", "?", f"{name}: no data", there)
    share = f"{name}: {figures.percent(one.ratio)} of the budget spent, even share {figures.percent(one.even)}"
    words = f"{share}, coverage {figures.covered(one.coverage)}"
    if one.state == "none":
        return Cell("burnt0", "0", words, there)
    times = None if one.ratio is None else one.ratio / one.even
    # The document says what is within the even share; floats do not.
    step = _step(times, OF_EVEN)
    step = min(step, 2) if one.state == "within" else max(step, 3)
    return Cell(f"burnt{step}", str(step), f"{words}, step {step}", there)


def _hour(one: HourOfWeek) -> Cell:
    name = f"{WEEKDAYS[one.weekday]} {one.hour:02d}:00"
    fired = ("▲" if one.pages else "") + ("■" if one.tickets else "")
    alerts = f", {one.pages} pages and {one.tickets} tickets fired" if fired else ""
    if one.burn_rate is None:
        return Cell("unknown", fired or "?", f"{name}: no data{alerts}")
    spent = f"{name}: burn rate {figures.burn(one.burn_rate)}, {figures.percent(one.ratio)} of the budget spent"
    step = _step(one.burn_rate, OF_RATE) if one.spent else 0
    return Cell(f"burnt{step}", f"{step}{fired}", spent + alerts)


def fleet(spans: Spans, days: Sequence[date], address: str) -> tuple[Cell | None, ...]:
    """What an objective spent on each of these days (UTC); None for a day of which it keeps nothing at hand."""
    return tuple(None if one is None else _spent(one, day, address) for one, day in zip(spans, days, strict=True))


def _spent(one: Spent, day: date, address: str) -> Cell:
    name, begin = f"{day:%a} {day.isoformat()}", datetime(day.year, day.month, day.day, tzinfo=UTC)
    there = _there(address, begin, begin + timedelta(days=1))
    if one.burn_rate is None:
        return Cell("unknown", "?", f"{name}: no data", there)
    share = f", {figures.percent(one.ratio)} of the budget" if one.ratio is not None else ""
    step = _step(one.burn_rate, OF_RATE) if one.burn_rate else 0
    return Cell(
        f"burnt{step}", str(step), f"{name}: burn rate {figures.burn(one.burn_rate)}{share}, step {step}", there
    )


def _there(address: str, start: datetime, end: datetime) -> str:
    span = urlencode({"from": figures.moment(start), "to": figures.moment(end)})
    return f"{address}{'&' if '?' in address else '?'}{span}"


def _step(value: float | None, ends: Sequence[float]) -> int:
    return len(ends) + 1 if value is None else 1 + sum(value > end for end in ends)
