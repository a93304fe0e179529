"""The ledger: day-blocked, time-major prefix sums of tallies; a column is an objective, a row a minute or an hour.

Within a day every row holds the exclusive sum since that day's midnight (UTC); `base` holds the sum of all days before,
so a correction touches one day's rows and the later bases, and a new day costs nothing: both tiers are rings of days.
Row 1,440 of the minutes is the whole day. Sums are whole quanta and wrap at 64 bits; only differences are ever read, so
nothing is lost as long as a span itself fits. What of `bad` is in doubt has sums of its own, from the first doubt on.

Look-ups before the days of minutes are answered at whole hours; within an hour they need its minutes again, which the
owner lends once (`lend`), because it alone can read the store: `OutOfReach` names the hour.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from leeway.core.cells import Places
from leeway.core.ledger.grid import COVERED, HOUR_S, HOURS, MINUTE_DAYS, MINUTE_S, MINUTES, Layout, Width
from leeway.core.objective import DAY_S
from leeway.core.points import Ints
from leeway.core.tally import Tally
from leeway.core.window import Span


class OutOfReach(LookupError):
    """The ledger cannot answer for this time as it is. `hour` (epoch seconds) can be lent; None: nothing can help."""

    def __init__(self, time: int, hour: int | None) -> None:
        super().__init__(f"no rows for {time}")
        self.time = time
        self.hour = hour


@dataclass(frozen=True, slots=True)
class Sums:
    """Running sums of all columns at one time; the difference of two is a span. No `doubt`: all is exact."""

    bad: Ints
    total: Ints
    covered: Ints
    doubt: Ints | None = None

    @property
    def certain(self) -> Ints:
        """What is certainly bad."""
        return self.bad if self.doubt is None else self.bad - self.doubt

    @property
    def arrays(self) -> tuple[Ints, ...]:
        """Bad, total, covered; and doubt where it is kept."""
        exact = self.bad, self.total, self.covered
        return exact if self.doubt is None else (*exact, self.doubt)

    def __sub__(self, earlier: Sums) -> Sums:
        doubt = None if self.doubt is None or earlier.doubt is None else self.doubt - earlier.doubt
        return Sums(self.bad - earlier.bad, self.total - earlier.total, self.covered - earlier.covered, doubt)

    def __getitem__(self, columns: Places) -> Sums:
        doubt = None if self.doubt is None else self.doubt[columns]
        return Sums(self.bad[columns], self.total[columns], self.covered[columns], doubt)


class Ledger:
    """Running tallies of up to `width` objectives of one layout, from `begin` (a midnight) to `head` (a minute).

    Several threads may put whole days at once, each days of its own. All else is for one thread at a time.
    """

    def __init__(self, layout: Layout, begin: int, width: int, head: int | None = None) -> None:
        """`head` is where it stands if nothing happened before; what nothing ever touched costs no memory."""
        if begin % DAY_S:
            raise ValueError("a ledger begins at midnight UTC")
        self.layout = layout
        self.width = width
        self.begin = begin
        self.head = begin if head is None else head
        self._quantities = tuple(
            _Quantity(dtype, layout.hour_days, width) for dtype in (layout.bad, layout.total, COVERED)
        )
        self._doubt: _Quantity | None = None
        self._shared = threading.Lock()
        self._lent: dict[int, tuple[Ints, ...]] = {}

    def advance(self, to: int) -> None:
        """Moves the head to the minute `to`: what is not yet known of the new minutes adds nothing."""
        if to % MINUTE_S:
            raise ValueError("the head of a ledger is a whole minute")
        as_minutes = _first_minute(to)
        while self.head < to:
            end = min(to, self.head - self.head % DAY_S + DAY_S)
            for quantity in self._all:
                quantity.advance(self.head, end, minutes=end > as_minutes)
            self.head = end
        self._lent = {hour: rows for hour, rows in self._lent.items() if hour >= self.oldest}

    def put(self, time: int, columns: Places, bad: Ints, total: Ints, covered: Ints, doubt: Ints | None = None) -> None:
        """What the minute `time` adds for these columns, in place of what it added before."""
        if not self.first_minute <= time < self.head:
            raise OutOfReach(time, None)
        for quantity, amount in self._with((bad, total, covered), doubt):
            quantity.put(time, self.head, columns, amount)

    def put_day(
        self, day: int, columns: Places, bad: Ints, total: Ints, covered: Ints, doubt: Ints | None = None
    ) -> None:
        """What each minute (rows) of the day that begins at `day` adds for these columns, replacing all of that day."""
        rows = MINUTES if self.head >= day + DAY_S else (self.head - day) // MINUTE_S
        if not self.first_minute <= day < self.head:
            raise OutOfReach(day, None)
        for quantity, amount in self._with((bad, total, covered), doubt):
            quantity.put_rows(day, self.head, columns, amount[:rows], minutes=True)

    def put_running(
        self, day: int, columns: Places, bad: Ints, total: Ints, covered: Ints, doubt: Ints | None = None
    ) -> None:
        """As `put_day` for a day that is over, as `minutes` gave it."""
        if not self.first_minute <= day <= self.head - DAY_S:
            raise OutOfReach(day, None)
        for quantity, sums in self._with((bad, total, covered), doubt):
            quantity.put_running(day, self.head, columns, sums)

    def minutes(self, day: int, columns: Places) -> tuple[Ints, ...]:
        """Running sums since midnight after each minute (rows) of a day that is over, for `put_running`.

        Bad, total and covered, and doubt where it is kept, as wide as the layout says; they may change with the ledger.
        Raises OutOfReach before the days of minutes.
        """
        if not self.first_minute <= day <= self.head - DAY_S:
            raise OutOfReach(day, None)
        return tuple(quantity.running(day, columns) for quantity in self._all)

    def put_hours(
        self, day: int, columns: Places, bad: Ints, total: Ints, covered: Ints, doubt: Ints | None = None
    ) -> None:
        """As `put_day` for an older day: one row per hour. Hours lent of that day are forgotten."""
        if not self.oldest <= day < self.first_minute:
            raise OutOfReach(day, None)
        for quantity, amount in self._with((bad, total, covered), doubt):
            quantity.put_rows(day, self.head, columns, amount, minutes=False)
        with self._shared:
            self._lent = {hour: rows for hour, rows in self._lent.items() if not day <= hour < day + DAY_S}

    def lend(self, hour: int, bad: Ints, total: Ints, covered: Ints, doubt: Ints | None = None) -> None:
        """What each of the 60 minutes (rows) of an old hour adds, for all columns; kept until the hour falls out."""
        amounts = [amount for _, amount in self._with((bad, total, covered), doubt)]
        self._lent[hour] = tuple(np.cumsum(amount, axis=0, dtype=np.int64) for amount in amounts)

    def clear(self, column: int) -> None:
        """Makes a column all zero, for a new objective to use."""
        for quantity in self._all:
            quantity.clear(column)
        for rows in self._lent.values():
            for amount in rows:
                amount[:, column] = 0

    def sums(self, time: int, columns: Places = slice(None)) -> Sums:
        """Running sums of the minutes that start before `time`, which is not after the head. Raises OutOfReach."""
        time = -(-time // MINUTE_S) * MINUTE_S
        if time >= self.first_minute:
            if time > self.head:
                raise OutOfReach(time, None)
            return Sums(*(quantity.at_minute(time, columns) for quantity in self._all))
        if time < self.oldest:
            raise OutOfReach(time, None)
        hour = time - time % HOUR_S
        whole = [quantity.at_hour(hour, columns) for quantity in self._all]
        minute = time % HOUR_S // MINUTE_S
        if minute:
            if hour not in self._lent:
                raise OutOfReach(time, hour)
            for sums, amount in zip(whole, self._lent[hour], strict=False):  # lent before there was a doubt: without it
                sums += amount[minute - 1, columns]
        return Sums(*whole)

    def tally(self, column: int, span: Span) -> Tally:
        """What one objective's slices and rows in the span add up to; the time before the ledger began adds nothing."""
        only = np.array([column])
        late, early = (self.sums(max(time, self.oldest), only) for time in (span.end, span.start))
        sums = late - early
        doubt = 0 if sums.doubt is None else int(sums.doubt[0])
        return Tally(int(sums.bad[0]), int(sums.total[0]), int(sums.covered[0]), doubt)

    def adds(self, column: int, begin: int, end: int) -> tuple[Ints, Ints]:
        """What each minute from `begin` on adds to one column, certainly bad and total.

        Raises OutOfReach before the minutes.
        """
        if begin < self.first_minute or end > self.head:
            raise OutOfReach(begin, None)
        edges = np.arange(begin, end + MINUTE_S, MINUTE_S)
        old = np.zeros(len(edges), np.bool_)
        adds = Sums(*(np.diff(each.at_times(edges, old, column)) for each in self._all))
        return adds.certain, adds.total

    def running(self, column: int, times: Ints) -> Sums:
        """Running sums of one column at many times, for a chart. Raises OutOfReach for times it does not hold.

        Times between whole hours before the days of minutes are taken at the next whole hour.
        """
        times = -(-times // MINUTE_S) * MINUTE_S
        old = times < self.first_minute
        times = np.where(old, -(-times // HOUR_S) * HOUR_S, times)
        wrong = times[(times < self.oldest) | (times > self.head)]
        if len(wrong):
            raise OutOfReach(int(wrong[0]), None)
        return Sums(*(quantity.at_times(times, old, column) for quantity in self._all))

    @property
    def nbytes(self) -> int:
        """Bytes reserved; rows never written cost no memory until they are."""
        return sum(quantity.nbytes for quantity in self._all)

    @property
    def _all(self) -> tuple[_Quantity, ...]:
        return self._quantities if self._doubt is None else (*self._quantities, self._doubt)

    def _with(self, amounts: tuple[Ints, Ints, Ints], doubt: Ints | None) -> Iterable[tuple[_Quantity, Ints]]:
        """Each quantity with its amount. The first doubt makes room for it: before it all sums of doubt are 0."""
        if self._doubt is None and doubt is not None and doubt.any():
            with self._shared:
                self._doubt = self._doubt or _Quantity(self.layout.bad, self.layout.hour_days, self.width)
        if self._doubt is None:
            return zip(self._quantities, amounts, strict=True)
        return zip(self._all, (*amounts, np.zeros_like(amounts[0]) if doubt is None else doubt), strict=True)

    @property
    def first_minute(self) -> int:
        """Midnight of the oldest day that is kept as minutes."""
        return max(self.begin, _first_minute(self.head))

    @property
    def oldest(self) -> int:
        """Midnight of the oldest day that is kept at all."""
        return max(self.begin, self.head - self.head % DAY_S - (self.layout.hour_days - 1) * DAY_S)


def _first_minute(head: int) -> int:
    return head - head % DAY_S - (MINUTE_DAYS - 1) * DAY_S


def _running(amount: Ints, dtype: Width) -> NDArray[np.generic]:
    """Running sums down the rows. Of wide rows one after the other: numpy goes down each column, four times as slow."""
    if amount.shape[1] < 64:
        return np.cumsum(amount, axis=0, dtype=dtype)
    sums = amount.astype(dtype)
    for earlier, later in pairwise(sums):
        later += earlier
    return sums


class _Quantity:
    """One of the sums: rings of minute and hour rows, and the day bases."""

    def __init__(self, dtype: Width, hour_days: int, width: int) -> None:
        self.hour_days = hour_days
        self.minutes = np.zeros((MINUTE_DAYS, MINUTES + 1, width), dtype)
        self.hours = np.zeros((hour_days, HOURS, width), dtype)
        self.base = np.zeros((hour_days, width), np.int64)
        self._shifting = threading.Lock()

    @property
    def nbytes(self) -> int:
        return self.minutes.nbytes + self.hours.nbytes + self.base.nbytes

    def advance(self, head: int, end: int, *, minutes: bool) -> None:
        """Within one day: new rows repeat the sum so far. Minute rows are only kept of days that stay in reach."""
        day, hours = self._minutes(head), self.hours[self._slot(head)]
        first, last = head % DAY_S // MINUTE_S, (end - head + head % DAY_S) // MINUTE_S
        so_far = day[first].copy()
        if minutes:
            day[first + 1 : last + 1] = so_far
        hours[first // 60 + 1 : last // 60 + 1] = so_far  # the day's last hour row is 23:00, so 24:00 falls off
        if last == MINUTES:
            self.base[self._slot(end)] = self.base[self._slot(head)] + so_far
            self._minutes(end)[0] = 0
            self.hours[self._slot(end), 0] = 0

    def put(self, time: int, head: int, columns: Places, amount: Ints) -> None:
        day, row = self._minutes(time), time % DAY_S // MINUTE_S
        before = day[row + 1, columns].astype(np.int64) - day[row, columns]
        self._add(time, head, columns, amount - before)

    def put_rows(self, day: int, head: int, columns: Places, amount: Ints, *, minutes: bool) -> None:
        if minutes:
            self.put_running(day, head, columns, _running(amount, self.minutes.dtype))
            return
        sums, slot = np.cumsum(amount, axis=0, dtype=np.int64), self._slot(day)
        self.hours[slot][1:, columns] = sums[:-1]
        with self._shifting:
            before = self.base[self._slot(day + DAY_S), columns] - self.base[slot, columns]
            self._shift_bases(day, head, columns, sums[-1] - before)

    def put_running(self, day: int, head: int, columns: Places, sums: NDArray[np.generic]) -> None:
        rows, last = self._minutes(day), len(sums)
        before = rows[last, columns].astype(np.int64)
        rows[1 : last + 1, columns] = sums
        self._copy_hours(day, columns, 0, last)
        with self._shifting:
            self._shift_bases(day, head, columns, rows[last, columns] - before)

    def running(self, day: int, columns: Places) -> Ints:
        return self._minutes(day)[1:, columns]  # type: ignore[return-value]  # whole numbers, of either width

    def clear(self, column: int) -> None:
        self.minutes[:, :, column] = 0
        self.hours[:, :, column] = 0
        self.base[:, column] = 0

    def at_minute(self, time: int, columns: Places) -> Ints:
        return self.base[self._slot(time), columns] + self._minutes(time)[time % DAY_S // MINUTE_S, columns]

    def at_hour(self, hour: int, columns: Places) -> Ints:
        slot = self._slot(hour)
        return self.base[slot, columns] + self.hours[slot, hour % DAY_S // HOUR_S, columns]

    def at_times(self, times: Ints, old: NDArray[np.bool_], column: int) -> Ints:
        day, second = times // DAY_S, times % DAY_S
        slot = day % self.hour_days
        hours = self.hours[slot, second // HOUR_S, column]
        minutes = self.minutes[day % MINUTE_DAYS, second // MINUTE_S, column]
        running: Ints = self.base[slot, column] + np.where(old, hours, minutes)
        return running

    def _add(self, time: int, head: int, columns: Places, change: Ints) -> None:
        """Adds to every row of the day after this minute, up to the head, and to the later bases."""
        day_start, row = time - time % DAY_S, time % DAY_S // MINUTE_S
        last = MINUTES if head >= day_start + DAY_S else (head - day_start) // MINUTE_S
        day = self._minutes(time)
        day[row + 1 : last + 1, columns] += change.astype(day.dtype)
        self._copy_hours(time, columns, row, last)
        self._shift_bases(day_start, head, columns, change)

    def _shift_bases(self, day: int, head: int, columns: Places, change: Ints) -> None:
        for later in range(day + DAY_S, head - head % DAY_S + DAY_S, DAY_S):
            self.base[self._slot(later), columns] += change

    def _copy_hours(self, time: int, columns: Places, first: int, last: int) -> None:
        """Makes the hour rows within these minute rows (both ends) of a day equal to the minute rows there."""
        hours = np.arange(-(-first // 60), min(last // 60, HOURS - 1) + 1)
        if len(hours):
            rows = hours[:, None] if isinstance(columns, np.ndarray) else hours
            self.hours[self._slot(time), rows, columns] = self._minutes(time)[rows * 60, columns]

    def _minutes(self, time: int) -> NDArray[np.int64] | NDArray[np.uint16]:
        rows: NDArray[np.int64] | NDArray[np.uint16] = self.minutes[time // DAY_S % MINUTE_DAYS]
        return rows

    def _slot(self, time: int) -> int:
        return time // DAY_S % self.hour_days
