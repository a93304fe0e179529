"""The first and last slice of every series, kept in memory: a full scan once, then each append widens it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from leeway.core.window import Span


class Extents:
    """Right at any moment: what is committed during a scan is in the scan, in `_fresh`, or in both."""

    def __init__(self, scan: Callable[[], dict[int, Span]]) -> None:
        self._scan = scan
        self._lock = threading.Lock()
        self._scanned: Mapping[int, Span] | None = None
        self._fresh: dict[int, tuple[int, int]] = {}  # bare numbers: a thousand series widen with every append

    def widen(self, spans: Iterable[tuple[int, Span]]) -> None:
        """Called after each commit, before it is acknowledged."""
        with self._lock:
            fresh = self._fresh
            for series, span in spans:
                start, end = fresh.get(series, (span.start, span.end))
                fresh[series] = (min(start, span.start), max(end, span.end))

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
            for series, (start, end) in self._fresh.items():
                known = found.get(series)
                found[series] = (
                    Span(start, end) if known is None else Span(min(start, known.start), max(end, known.end))
                )
        return dict(sorted(found.items()))
