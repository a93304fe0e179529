"""Keeps the ledgers equal to the store: warms them at the start, follows changes, lets time pass.

Everything here can be rebuilt from the store, so nothing here is the only copy of anything. One lock guards it all; the
work under it is short, but for warming. Points are judged again from the store whenever a change touches them, so the
order of arrival cannot matter.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from leeway.core.cells import Places
from leeway.core.ledger import Layout, Ledger, OutOfReach, layout_for
from leeway.core.ledger.grid import HOUR_S, MINUTE_DAYS, MINUTE_S
from leeway.core.objective import DAY_S
from leeway.core.points import Floats
from leeway.core.pulse import Pulse
from leeway.core.quality import Kind
from leeway.core.tally import Tally
from leeway.core.window import Span
from leeway.engine.book.increments import handfuls, increments, lasts_s, portions, reach_s, read_span
from leeway.engine.book.kept import Kept
from leeway.engine.book.past import Past, stale_days
from leeway.engine.book.reading import read_ahead
from leeway.engine.book.shelf import WIDTHS, Shelf, width_for
from leeway.engine.goal import Goal
from leeway.ports.points import Change, Changes, PointStore, Rows

Answer = TypeVar("Answer")

FRESH_S = 2 * HOUR_S
"""Changes younger than this are judged together in one read; older ones goal by goal, whole days at a time."""

LENDINGS = 3
"""So often an old hour is read while points keep arriving in it; what comes then is judged with the next minute."""

JOINED_AFTER = 256
"""Announcements that are kept as they came; a warm-up may take long, and what happens meanwhile must stay small."""


class Book:
    """The ledgers of all goals at `head`, a whole minute. `edition` grows when any of their sums may have changed."""

    def __init__(self, points: PointStore, at: int) -> None:
        self._points = points
        self._past, self._kept = Past(points), Kept(points)
        self._shelves: defaultdict[Layout, list[Shelf]] = defaultdict(list)
        self._home: dict[int, Shelf] = {}
        self._born: dict[int, int] = {}
        self._changed: list[Changes] = []
        self._waiting: dict[int, Span] = {}
        self._seq = self._judged_seq = points.hours_mark()
        self.edition = 0
        self._lock = threading.RLock()
        self._changes_lock = threading.Lock()
        self.head = self._judged_to = at - at % MINUTE_S
        self._unsettled = _first_minutes(self.head)
        self._stop = points.follow(self.note)

    def close(self) -> None:
        """Stops following the store."""
        self._stop()

    def note(self, changes: Changes) -> None:
        """Remembers what changed until the next catch-up; safe from any thread, never blocks for long."""
        with self._changes_lock:
            self._changed.append(changes)
            self._seq = max(self._seq, int(changes.seq[-1]))
            if len(self._changed) >= JOINED_AFTER:
                self._changed = [Changes.gathered(self._changed).joined()]

    def set_goals(self, goals: Iterable[Goal]) -> None:
        """Makes these the goals: new ones are warmed from the store, those not named leave. All of it or nothing.

        What leaves is forgotten in the roll-up too: nobody follows its changes until it comes back.
        """
        with self._lock:
            wanted = {goal.number: goal for goal in goals if goal.in_ledger}
            new = [goal for number, goal in wanted.items() if number not in self._home]
            extent = self._points.extent()
            self._born |= {series: span.start for series, span in extent.items()}
            today = self.head - self.head % DAY_S
            missed = self._points.changes(self._points.hours_mark(), before=today) if new else ()
            self._place(new)
            try:
                for shelf, theirs in self._by_shelf(new):
                    self._warm(shelf, theirs, missed)
            except BaseException:  # a goal whose past is not known must not pass for one without a past
                self._leave([goal.number for goal in new])
                raise
            ahead = {goal.series: extent[goal.series].end for goal in new if goal.series in extent}
            self._wait({series: Span(self.head, end) for series, end in ahead.items() if end > self.head})
            with self._changes_lock:  # what was missed is judged now, so the next mark need not leave it to every start
                self._seq = max([self._seq, *(change.seq for change in missed)])
            self._points.keep_hours(list(wanted))
            self._leave([number for number in self._home if number not in wanted])

    def catch_up(self, at: int) -> None:
        """Lets time pass to the minute `at` and judges again whatever changed; what fails is judged the next time."""
        with self._lock:
            self.head = at = max(self.head, at - at % MINUTE_S)
            seq = self._drain(at)
            for shelves in self._shelves.values():
                for shelf in shelves:
                    shelf.ledger.advance(at)
            touched = dict(self._touched())
            self.edition += bool(touched)
            fresh = [goal for goal, span in touched.items() if span.start >= at - FRESH_S]
            for shelf, goals in self._by_shelf(fresh):
                self._judge_fresh(shelf, goals, min(touched[goal].start for goal in goals))
            for goal, span in touched.items():
                if span.start < at - FRESH_S:
                    self._judge_days(self._home[goal.number], goal, span)
            self._judged_seq, self._judged_to = seq, at
            self._waiting = {
                series: Span(max(at, span.start), span.end) for series, span in self._waiting.items() if span.end > at
            }

    def tally(self, goal: Goal) -> Callable[[Span], Tally]:
        """How to tally any span of this goal up to the head."""
        shelf = self._home[goal.number]

        def look_up(span: Span) -> Tally:
            with self._lock:
                return self._lending(shelf, partial(shelf.ledger.tally, shelf.column[goal.number], span))

        return look_up

    def pulses(self) -> list[tuple[list[Goal], Pulse]]:
        """The fleet at the head, a pulse per ledger, with the goals in the pulse's order."""
        with self._lock:
            return [(shelf.order, self._lending(shelf, partial(shelf.pulse, self.head))) for shelf in self._used()]

    def burn_downs(self) -> dict[int, Floats]:
        """By goal number, how the remaining budget went over the window up to the head; see core.pulse."""
        with self._lock:
            return {
                goal.number: ratios
                for shelf in self._used()
                for goal, ratios in zip(
                    shelf.order, self._lending(shelf, partial(shelf.burn_down, self.head)).T, strict=True
                )
            }

    def look_up(
        self, goals: Iterable[Goal], ask: Callable[[Ledger, Places, list[Goal]], Answer]
    ) -> list[tuple[list[Goal], Answer]]:
        """Asks each ledger that holds any of these goals; those that no ledger can hold are left out."""
        with self._lock:
            held = [goal for goal in goals if goal.number in self._home]
            return [
                (theirs, self._lending(shelf, partial(ask, shelf.ledger, shelf.columns(theirs), theirs)))
                for shelf, theirs in self._by_shelf(held)
            ]

    def born(self, series: int) -> int | None:
        """The time of the series' first row, None if it has none."""
        return self._born.get(series)

    def settle(self, day: int) -> None:
        """Saves finished days, up to the one that begins at `day`, so that a start need not judge them.

        As hours all days that were minutes when this was last done: each may have changed since, also after it was
        saved. As minutes all that still are.
        """
        with self._lock:
            for shelf in self._used():
                self._past.settle(shelf, Span(max(self._unsettled, shelf.ledger.oldest), day + DAY_S))
            self._kept.settle(self._used(), Span(_first_minutes(self.head), day + DAY_S))
            self._past.mark(self._judged_seq)
            self._unsettled = _first_minutes(self.head)

    @property
    def nbytes(self) -> int:
        """Bytes reserved by all ledgers."""
        return sum(shelf.ledger.nbytes for shelves in self._shelves.values() for shelf in shelves)

    def _used(self) -> list[Shelf]:
        return [shelf for shelves in self._shelves.values() for shelf in shelves if shelf.goals]

    def _place(self, goals: Iterable[Goal]) -> None:
        """Gives each goal a column, in as few ledgers as hold them all."""
        by_layout: defaultdict[Layout, list[Goal]] = defaultdict(list)
        for goal in goals:
            objective, may_doubt = goal.objective, goal.kind is Kind.VALUE
            by_layout[layout_for(objective.method, objective.window.longest_s, may_doubt=may_doubt)].append(goal)
        for layout, theirs in by_layout.items():
            shelves = self._shelves[layout]
            for placed, goal in enumerate(theirs):
                shelf = next((shelf for shelf in shelves if not shelf.full), None)
                if shelf is None:
                    shelf = Shelf(layout, self.head, width_for(max(len(theirs) - placed, len(shelves) * WIDTHS[1])))
                    shelves.append(shelf)
                shelf.add(goal)
                self._home[goal.number] = shelf

    def _by_shelf(self, goals: Iterable[Goal]) -> list[tuple[Shelf, list[Goal]]]:
        groups: defaultdict[int, list[Goal]] = defaultdict(list)
        for goal in goals:
            groups[id(self._home[goal.number])].append(goal)
        return [(self._home[theirs[0].number], theirs) for theirs in groups.values()]

    def _leave(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._home.pop(number).remove(number)
        for shelves in self._shelves.values():
            shelves[:] = [shelf for shelf in shelves if shelf.goals]

    def _drain(self, at: int) -> int:
        """Adds what changed to what waits to be judged; returns the seq up to which. Births move the policy's start."""
        with self._changes_lock:
            noted, self._changed, seq = self._changed, [], self._seq
        changed = {change.series: change.span for change in Changes.gathered(noted).joined()} if noted else {}
        for series, span in changed.items():
            born = self._born.get(series)
            if born is None or span.start < born:
                self._born[series] = span.start
                changed[series] = Span(span.start, max(span.end, at if born is None else born))
        self._wait(changed)
        return seq

    def _wait(self, changed: dict[int, Span]) -> None:
        for series, span in changed.items():
            known = self._waiting.get(series)
            self._waiting[series] = span if known is None else _join(known, span)

    def _touched(self) -> Iterable[tuple[Goal, Span]]:
        """Per goal the minutes to judge again: those of changed points and of slices that completed meanwhile."""
        before = self._judged_to
        for goal in [goal for shelf in self._used() for goal in shelf.goals.values()]:
            span, lasts = self._waiting.get(goal.series), lasts_s(goal)
            if span is not None:
                span = Span(span.start - span.start % lasts, span.end + reach_s(goal))
            if goal.waits and self.head // lasts > before // lasts:
                waited = Span(before - before % lasts, self.head)
                span = waited if span is None else _join(span, waited)
            if span is not None and span.start < self.head:
                yield goal, Span(span.start, min(max(span.end, span.start), self.head))

    def _judge_fresh(self, shelf: Shelf, goals: list[Goal], start: int) -> None:
        span = Span(start, self.head)
        rows = self._read(goals, span)
        added, columns = increments(goals, rows, self._born, span, self.head), shelf.columns(goals)
        for row, minute in enumerate(range(span.start, span.end, MINUTE_S)):
            shelf.ledger.put(minute, columns, *(each[row] for each in added.arrays))

    def _judge_days(self, shelf: Shelf, goal: Goal, span: Span) -> None:
        start = max(shelf.ledger.oldest, span.start - span.start % DAY_S)
        minutes = max(start, shelf.ledger.first_minute)
        if start < min(minutes, span.end):
            old = Span(start, min(minutes, -(-span.end // DAY_S) * DAY_S))
            self._past.rejudge(shelf, [goal], self._born, old, self.head)
        self._put_days(shelf, [([goal], day) for day in range(minutes, span.end, DAY_S)])

    def _put_days(
        self, shelf: Shelf, days: Iterable[tuple[list[Goal], int]], before: Callable[[], None] = lambda: None
    ) -> None:
        """Judges whole days of minutes; while one is judged, and during `before`, the next is read."""
        asks = [(part, Span(day, day + DAY_S)) for goals, day in days for part in portions(goals)]
        with read_ahead(asks, lambda ask: self._read(*ask)) as read:
            before()
            for (part, span), rows in read:
                for few in handfuls(part):
                    added = increments(few, rows, self._born, span, self.head)
                    shelf.ledger.put_day(span.start, shelf.columns(few), *added.arrays)

    def _read(self, goals: list[Goal], span: Span) -> Rows:
        return self._points.read_all([goal.series for goal in goals], read_span(goals, span))

    def _warm(self, shelf: Shelf, goals: list[Goal], missed: tuple[Change, ...]) -> None:
        ledger, today = shelf.ledger, self.head - self.head % DAY_S
        hours, finished = Span(ledger.oldest, ledger.first_minute), Span(ledger.first_minute, today)
        stale = stale_days(missed, goals, self._born, finished)
        with ThreadPoolExecutor(1, "leeway-kept") as beside:
            kept = beside.submit(self._kept.warm, shelf, goals, finished, stale)
            self._put_days(
                shelf,
                [(goals, today)] if today < self.head else [],
                lambda: self._past.warm(shelf, goals, self._born, hours, self.head, missed),
            )
        self._put_days(shelf, kept.result())

    def _lending(self, shelf: Shelf, look_up: Callable[[], Answer]) -> Answer:
        while True:
            try:
                return look_up()
            except OutOfReach as missing:
                if missing.hour is None:
                    raise
                self._lend(shelf, missing.hour)

    def _lend(self, shelf: Shelf, hour: int) -> None:
        """What is lent adds up to what the ledger holds of the hour: points that came since are judged first."""
        goals, span = shelf.order, Span(hour, hour + HOUR_S)
        for _ in range(LENDINGS):
            added = increments(goals, self._read(goals, span), self._born, span, self.head)
            behind = shelf.behind(hour, added)
            if not behind:
                break
            for goal in behind:
                self._judge_days(shelf, goal, span)
            self.edition += 1
        shelf.lend(hour, added)


def _first_minutes(head: int) -> int:
    """The oldest day that ledgers hold as minutes."""
    return head - head % DAY_S - (MINUTE_DAYS - 1) * DAY_S


def _join(one: Span, other: Span) -> Span:
    return Span(min(one.start, other.start), max(one.end, other.end))
