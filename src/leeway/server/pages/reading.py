"""What fields of forms about SLOs say: numbers, shares in per cent, lengths of time, zones. Pure.

All raise Invalid at the field that is named `place`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from leeway.errors import Invalid
from leeway.spec.duration import Duration

CALENDAR = datetime(2024, 1, 1)  # noqa: DTZ001  # wall-clock time; the zone stands beside it
"""From where calendar windows are counted that nobody said a beginning of."""


def length(text: str, place: str) -> Duration:
    """Raises Invalid."""
    found = Duration.parse(text)
    if found is None:
        raise Invalid(f"{text[:40]!r} is no length of time", place=place, mend="write 1m, 5m, 1h or 28d")
    return found


def decimal(text: str, place: str, mend: str) -> Decimal:
    """A finite number as typed; Invalid."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or len(text) > 30 or abs(number.adjusted()) > 20:
        said = f"{text[:40]!r} is no number" if text else "a number is missing"
        raise Invalid(said, place=place, mend=mend)
    return number


def share(text: str, place: str) -> Decimal:
    """A share of what was typed in per cent, below 100 and above 0; Invalid."""
    mend = "write it in per cent, below 100, as 99.9"
    percent = decimal(text.replace("%", ""), place, mend)
    if not 0 < percent < 100:
        raise Invalid(f"{text} is no share to keep", place=place, mend=mend)
    return percent.scaleb(-2)


def zone(text: str, place: str) -> str:
    """An IANA name."""
    from zoneinfo import available_timezones  # late: it reads a folder

    if text not in available_timezones():
        raise Invalid(f"{text[:40]!r} is no time zone", place=place, mend="write UTC, or as Europe/Berlin")
    return text
