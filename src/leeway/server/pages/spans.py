"""The spans that reports are about: weeks from Monday, months and quarters, all in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, get_args

from leeway.errors import NotFound

Kind = Literal["weekly", "monthly", "quarterly"]
LISTED: dict[Kind, int] = {"weekly": 8, "monthly": 6, "quarterly": 4}
MONTHS: dict[Kind, int] = {"monthly": 1, "quarterly": 3}
BEGINS: dict[Kind, str] = {
    "weekly": "a week begins on a Monday",
    "monthly": "a month begins on its first day",
    "quarterly": "a quarter begins on the first of January, April, July or October",
}


@dataclass(frozen=True, slots=True)
class Reported:
    """A span, half-open, its days in UTC."""

    kind: Kind
    first: date
    after: date

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime(self.after.year, self.after.month, self.after.day, tzinfo=UTC)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def name(self) -> str:
        """As people call it."""
        match self.kind:
            case "weekly":
                year, week, _ = self.first.isocalendar()
                return f"Week {week} of {year}"
            case "monthly":
                return f"{self.first:%B %Y}"
            case "quarterly":
                return f"Quarter {self.first.month // 3 + 1} of {self.first.year}"

    @property
    def address(self) -> str:
        """The page of its report."""
        return f"/reports/{self.kind}/{self.first.isoformat()}"


def holding(kind: Kind, day: date) -> Reported:
    """The span of this kind that holds a day."""
    if kind == "weekly":
        first = day - timedelta(days=day.weekday())
        return Reported(kind, first, first + timedelta(days=7))
    months = MONTHS[kind]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    over = first.month + months
    return Reported(kind, first, date(first.year + (over > 12), over - 12 * (over > 12), 1))


def latest(kind: Kind, today: date) -> tuple[Reported, ...]:
    """The newest spans, the one that still runs first."""
    found = [holding(kind, today)]
    while len(found) < LISTED[kind]:
        found.append(holding(kind, found[-1].first - timedelta(days=1)))
    return tuple(found)


def named(kind: str, first: str, today: date) -> Reported:
    """The span of an address. Raises NotFound for what is no kind, no first day, before 1971 or still to come."""
    known = next((one for one in get_args(Kind) if one == kind), None)
    if known is None:
        raise NotFound(f"there is no report called {kind[:40]!r}", mend="take weekly, monthly or quarterly")
    try:
        day = date.fromisoformat(first)
    except ValueError:
        raise NotFound(f"{first[:40]!r} is no day", mend="write it as 2026-11-02") from None
    if not 1971 <= day.year <= today.year or day > today:
        raise NotFound("there is no report about that time", mend="choose one at /reports")
    span = holding(known, day)
    if span.first != day or first != day.isoformat():
        raise NotFound(f"{BEGINS[known]}", place=first[:40], mend=f"take {span.first.isoformat()}")
    return span
