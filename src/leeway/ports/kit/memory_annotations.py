"""`leeway.ports.annotations.AnnotationStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

from leeway.errors import NotFound
from leeway.ports.annotations import Annotation


class MemoryAnnotations:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._kept: dict[int, Annotation] = {}

    def add(self, annotation: Annotation) -> Annotation:
        """Numbers count from 1."""
        with self._lock:
            kept = replace(annotation, number=next(self._numbers))
            self._kept[kept.number] = kept
            return kept

    def remove(self, slo: str, number: int) -> Annotation:
        """Out of the dictionary."""
        with self._lock:
            if number not in self._kept or self._kept[number].slo != slo:
                raise NotFound(f"{slo} has no annotation {number}")
            return self._kept.pop(number)

    def annotations(self, slo: str, start: float, end: float) -> tuple[Annotation, ...]:
        """Sorted at every question."""
        with self._lock:
            found = [one for one in self._kept.values() if one.slo == slo and one.touches(start, end)]
        return tuple(sorted(found, key=lambda one: (one.starts_at, one.number)))

    def after(self, number: int) -> tuple[Annotation, ...]:
        """In the order in which they came."""
        with self._lock:
            return tuple(one for one in self._kept.values() if one.number > number)
