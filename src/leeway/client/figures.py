"""Numbers of the documents as people read them: one form for the page and the terminal. Nothing is computed here.

A space inside a figure never breaks a line; below zero stands the real minus; nothing known is a dash, never a zero.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import NamedTuple

from leeway.client.documents import Assessment, State, Status
from leeway.client.sureness import Interval

NONE = "—"
MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


class Mark(NamedTuple):
    """A state as icon and word, so that nobody needs its colour."""

    icon: str
    word: str
    meaning: str


MARKS = {
    "healthy": Mark("✓", "healthy", "at least 20 % of the error budget is left"),
    "at_risk": Mark("▲", "at risk", "less than 20 % of the error budget is left"),
    "exhausted": Mark("✕", "exhausted", "nothing is left of the error budget"),
    "no_data": Mark("?", "no data", "nothing was measured in this window: that is unknown, and not good"),
}
WORST: tuple[State, ...] = ("exhausted", "at_risk", "no_data", "healthy")
"""From what needs a person first to what needs nobody."""


def percent(share: float | None) -> str:
    """A share in per cent; near 100 or 0 with more digits, and never rounded to 100 or 0 when it is not.

    >>> percent(0.5), percent(0.999512), percent(0.99999987), percent(1.0), percent(-0.183), percent(None)
    ('50\\xa0%', '99.951\\xa0%', '99.999987\\xa0%', '100\\xa0%', '−18.3\\xa0%', '—')
    """
    if share is None:
        return NONE
    distance = min(abs(1 - share), abs(share)) * 100
    digits = 1 if distance == 0 else min(8, max(1, 1 - math.floor(math.log10(distance))))
    text = f"{abs(share) * 100:,.{digits}f}".rstrip("0").rstrip(".")
    return f"{MINUS if share < 0 else ''}{text}{SPACE}%"


def rough(share: float | None) -> str:
    """A share of the budget, rounded down so that it never reads better than it is: whole per cents, tenths below ten.

    >>> rough(0.4199), rough(0.0721), rough(-1.493), rough(-0.0001), rough(0.0004), rough(1.0)
    ('41\\xa0%', '7.2\\xa0%', '−150\\xa0%', '−0.01\\xa0%', '0.04\\xa0%', '100\\xa0%')
    """
    if share is None:
        return NONE
    size = abs(share) * 100
    if 0 < size < 0.1:
        return f"{_sign(share)}{size:.1g}{SPACE}%"
    steps = 1 if size >= 10 or size == 0 else 10
    down = math.floor(round(share * 100 * steps, 9)) / steps
    return f"{_sign(share)}{abs(down):,g}{SPACE}%" if abs(down) < 100_000 else f"{_sign(share)}{abs(down):,.0f}{SPACE}%"


def amount(number: float) -> str:
    """A count of events; fractions only where they matter.

    >>> amount(1234567.0), amount(12.345), amount(-3.0), amount(0.004)
    ('1,234,567', '12.3', '−3', '0.004')
    """
    size = abs(number)
    if size == int(size) or size >= 100:
        return f"{_sign(number)}{size:,.0f}"
    return f"{_sign(number)}{size:.3g}"


def duration(seconds: float | None) -> str:
    """Its two largest units.

    >>> duration(90061), duration(59.4), duration(0.2), duration(-120), duration(None)
    ('1\\xa0d 1\\xa0h', '59\\xa0s', '0.2\\xa0s', '−2\\xa0min', '—')
    """
    if seconds is None:
        return NONE
    size = abs(seconds)
    if 0 < size < 1:
        return f"{_sign(seconds)}{size:.1g}{SPACE}s"
    left = round(size)
    parts: list[str] = []
    for length, unit in _UNITS:
        count, left = divmod(left, length)
        if count or (unit == "s" and not parts):
            parts.append(f"{count:,}{SPACE}{unit}")
        elif parts:
            break
    return _sign(seconds) + " ".join(parts[:2])


def burn(rate: float | None) -> str:
    """How many times faster than the budget allows.

    >>> burn(14.4), burn(0.052), burn(0.0), burn(None)
    ('14×', '0.05×', '0×', '—')
    """
    if rate is None:
        return NONE
    return f"{rate:,.0f}×" if rate >= 10 or rate == 0 else f"{rate:.1f}×" if rate >= 1 else f"{rate:.1g}×"


def left(one: Assessment, slice_s: int | None) -> str:
    """What remains of what was allowed: events, or time where slices are counted."""
    remaining, allowed = one.budget.remaining, one.budget.allowed
    if one.budget.unit == "slices" and slice_s:
        return f"{duration(remaining * slice_s)} of {duration(allowed * slice_s)}"
    return f"{amount(remaining)} of {amount(allowed)}{SPACE}events"


def covered(share: float | None) -> str:
    """Coverage to a tenth of a per cent, rounded down: 100 % is said only of a window without a gap.

    >>> covered(1.0), covered(0.99998), covered(0.5), covered(0.0001)
    ('100\\xa0%', '99.9\\xa0%', '50\\xa0%', 'under 0.1\\xa0%')
    """
    if share is None:
        return NONE
    tenths = math.floor(share * 1000)
    return f"under 0.1{SPACE}%" if share and not tenths else f"{tenths / 10:g}{SPACE}%"


def lasts(one: Assessment) -> str:
    """The linear time to exhaustion."""
    return "spent" if one.time_to_exhaustion_s == 0 else duration(one.time_to_exhaustion_s)


def window(one: Assessment) -> str:
    """Rolling or calendar, and how long."""
    length = (one.window.end - one.window.start).total_seconds()
    if one.window.type == "rolling":
        return f"last {duration(length)}"
    rest = (one.window.end - one.as_of).total_seconds()
    return f"period of {duration(length)}, {duration(rest).split(' ')[0]} to go"


def filled(one: Status) -> str:
    """How much of the window is known of, "" when all of it is."""
    if one.born is None or one.filled_ratio >= 1:
        return ""
    return f"window {rough(one.filled_ratio)} filled"


def sli(one: Assessment) -> str:
    """The share that was good; from … to, where that cannot be told exactly."""
    return percent(one.sli) if one.bounds is None else " … ".join(map(percent, one.bounds.sli))


def interval(one: Assessment) -> str:
    """Where the true SLI lies: exactly, with clusters of bad events allowed for, wherever that is known."""
    band = _surest(one)
    return NONE if band is None else f"{percent(band.low)} … {percent(band.high)}"


def sureness(one: Assessment) -> str:
    """What the interval means for the target, in a sentence."""
    band = _surest(one)
    if band is None:
        return "nothing was measured, so nothing can be said"
    ends = f"{percent(band.low)} and {percent(band.high)}"
    between = f"with {rough(band.confidence)} confidence the true SLI lies between {ends}"
    if band.low >= one.target:
        return f"{between}: above the target"
    if band.high < one.target:
        return f"{between}: below the target"
    return f"{between}: too little was seen to tell whether the target is met"


def _surest(one: Assessment) -> Interval | None:
    return one.interval_adjusted or one.interval


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago; in one unit, which is what anybody wants to know."""
    if moment is None:
        return "never"
    passed = (now - moment).total_seconds()
    if passed < 1:
        return "just now"
    return f"{duration(passed).split(' ')[0]} ago"


def moment(time: datetime | None) -> str:
    """UTC to the second, as it can be pasted back."""
    return NONE if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(time: datetime) -> str:
    """UTC for the eye.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 3, 1, 14, 5, tzinfo=UTC))
    '2026-03-01 14:05 UTC'
    """
    return time.strftime("%Y-%m-%d %H:%M UTC")


def day(time: datetime) -> str:
    """The date."""
    return time.strftime("%Y-%m-%d")


def _sign(number: float) -> str:
    return MINUS if number < 0 else ""
