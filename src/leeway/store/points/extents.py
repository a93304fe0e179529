"""The first and last slice of every series, kept in memory: a full scan once, then each append widens it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from leeway.core.window import Span
from leeway.ports.points import Changes

JOINED_AFTER = 256
"""Announcements that are kept as they came."""


class Extents:
    """Right at any moment: what is committed during a scan is in the scan, in `_fresh`, or in both."""

    def __init__(self, scan: Callable[[], dict[int, Span]]) -> None:
        self._scan = scan
        self._lock = threading.Lock()
        self._scanned: Mapping[int, Span] | None = None
        self._fresh: list[Changes] = []

    def widen(self, changes: Changes) -> None:
        """Called after each commit, before it is acknowledged."""
        with self._lock:
            self._fresh.append(changes)
            if len(self._fresh) >= JOINED_AFTER:
                self._fresh = [Changes.gathered(self._fresh).joined()]

    def forget(self) -> None:
        """Called after rows were deleted: the next question scans again."""
        with self._lock:
            self._scanned = None
            self._fresh.clear()

    def all(self) -> dict[int, Span]:
        """Per series, in the order of their numbers."""
        with self._lock:
            if self._scanned is None:
                self._scanned = self._scan()
            found = dict(self._scanned)
            for change in Changes.gathered(self._fresh).joined() if self._fresh else ():
                known = found.get(change.series, change.span)
                found[change.series] = Span(min(change.span.start, known.start), max(change.span.end, known.end))
        return dict(sorted(found.items()))
