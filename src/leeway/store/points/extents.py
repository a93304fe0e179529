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
        self._fresh: dict[int, Span] = {}

    def widen(self, spans: Iterable[tuple[int, Span]]) -> None:
        """Called after each commit, before it is acknowledged."""
        with self._lock:
            for series, span in spans:
                self._fresh[series] = _joined(span, self._fresh.get(series))

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
            for series, span in self._fresh.items():
                found[series] = _joined(span, found.get(series))
        return dict(sorted(found.items()))


def _joined(span: Span, other: Span | None) -> Span:
    if other is None or (span.start <= other.start and span.end >= other.end):
        return span
    return Span(min(span.start, other.start), max(span.end, other.end))
