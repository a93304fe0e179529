"""What is done once a day, after midnight, with what is past."""

from __future__ import annotations

from collections.abc import Callable

from leeway.core.objective import DAY_S
from leeway.engine.alerts.platform import newest
from leeway.engine.book import Book
from leeway.engine.threads import whole
from leeway.ports.points import PointStore

SETTLE_AFTER_S = 15 * 60
"""A day is settled and compacted so long after its midnight."""


class Settling:
    """Yesterday's hours are saved, its points compacted, and what is older than `retain_days` is deleted.

    Too old by the newest data as well as by the clock; and not when the clock has skipped a day, because a wrong
    clock must not delete what is true. `prune` deletes alerts from before a time.
    """

    def __init__(self, points: PointStore, prune: Callable[[int], None], retain_days: int) -> None:
        self._points, self._prune, self._retain_days, self._settled = points, prune, retain_days, 0

    async def settle(self, book: Book, now: int) -> None:
        """If a day has ended since the last one."""
        day = (now - SETTLE_AFTER_S) // DAY_S * DAY_S - DAY_S
        if day <= self._settled:
            return
        await whole(lambda: book.settle(day))
        await whole(lambda: self._points.compact(day // DAY_S))
        if not self._settled or day == self._settled + DAY_S:
            await whole(lambda: self._retain(day))
        self._settled = day

    def forget(self) -> None:
        """The clock was set back: days are settled anew."""
        self._settled = 0

    def _retain(self, day: int) -> None:
        before = min(day, newest(self._points.extent(), day)) - self._retain_days * DAY_S
        self._points.retain(before)
        self._prune(before)
