"""Windows that follow a calendar in a time zone: days, weeks, months, quarters, years, and multiples of them.

Periods repeat from `anchor`, before it too, as wall-clock time in `zone`. The k-th period starts at the anchor plus k
periods, counted from the anchor itself, so a month that begins on the 31st keeps the 31st wherever a month has one.
Local times that a clock change skips are read as the offset before the change gives them, times that happen twice
as the first of the two (PEP 495, fold=0).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from leeway.core.window.span import Span


class Period(StrEnum):
    """The unit a calendar window is counted in."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class EndOfMonth(StrEnum):
    """What a day that the month does not have becomes: its last day, or (as Nobl9 counts) days of the next month."""

    CLAMP = "clamp"
    ROLL_OVER = "roll-over"


_FIXED = {
    Period.MINUTE: timedelta(minutes=1),
    Period.HOUR: timedelta(hours=1),
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(weeks=1),
}
_SHORT = {Period.MINUTE, Period.HOUR}
_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Calendar:
    """`count` × `period`, repeated from the wall-clock time `anchor` (naive) in the IANA zone `zone`.

    >>> from datetime import datetime
    >>> month = Calendar(Period.MONTH, 1, datetime(2026, 1, 31), "Europe/Berlin")
    >>> span = month.at(int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()))
    >>> datetime.fromtimestamp(span.start, UTC).isoformat()
    '2026-02-27T23:00:00+00:00'
    """

    period: Period
    count: int
    anchor: datetime
    zone: str
    end_of_month: EndOfMonth = EndOfMonth.CLAMP

    def __post_init__(self) -> None:
        if self.count <= 0:
            raise ValueError("a calendar window counts at least one period")
        if self.anchor.tzinfo is not None:
            raise ValueError("the anchor is wall-clock time; its zone is given apart")

    def at(self, time: int) -> Span:
        """The period that holds `time`; a boundary belongs to the period that begins there."""
        index = self._guess(time)
        if self.period in _SHORT:
            return self._between_boundaries(time, index)
        while self._start(index) > time:
            index -= 1
        while (end := self._start(index + 1)) <= time:
            index += 1
        return Span(self._start(index), end)

    @property
    def longest_s(self) -> int:
        """No period is longer than this, in seconds, clock changes included."""
        days = {Period.MONTH: 31, Period.QUARTER: 92, Period.YEAR: 366}.get(self.period)
        one = timedelta(days=days) if days else _FIXED[self.period]
        return int((one * self.count + timedelta(days=1)).total_seconds())

    def _between_boundaries(self, time: int, index: int) -> Span:
        """For periods that a clock change can skip whole: the nearest of all starts within a day, either side.

        Skipped wall-clock times are read later than they were written, so here the starts need not be in order.
        """
        reach = timedelta(days=1) // (_FIXED[self.period] * self.count) + 2
        starts = [self._start(near) for near in range(index - reach, index + reach + 1)]
        return Span(max(start for start in starts if start <= time), min(start for start in starts if start > time))

    def _guess(self, time: int) -> int:
        local = datetime.fromtimestamp(time, UTC).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        if self.period in _FIXED:
            return (local - self.anchor) // (_FIXED[self.period] * self.count)
        months = (local.year - self.anchor.year) * 12 + local.month - self.anchor.month
        return months // (_MONTHS[self.period] * self.count)

    def _start(self, index: int) -> int:
        return _epoch(self._wall(index * self.count), self.zone)

    def _wall(self, periods: int) -> datetime:
        if self.period in _FIXED:
            return self.anchor + _FIXED[self.period] * periods
        month_index = self.anchor.year * 12 + self.anchor.month - 1 + _MONTHS[self.period] * periods
        year, month = month_index // 12, month_index % 12 + 1
        last = monthrange(year, month)[1]
        excess = max(0, self.anchor.day - last)
        start = self.anchor.replace(year=year, month=month, day=self.anchor.day - excess)
        return start + timedelta(days=excess) if self.end_of_month is EndOfMonth.ROLL_OVER else start


def _epoch(wall: datetime, zone: str) -> int:
    return int(wall.replace(tzinfo=ZoneInfo(zone)).timestamp())
