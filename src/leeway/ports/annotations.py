"""The store of annotations: what people wrote on the charts of an SLO, about a moment or a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Annotation:
    """Plain text on an SLO. Times are epoch seconds; `ends_at` None: it is about the moment `starts_at`.

    `number` is 0 until the store gave one.
    """

    number: int
    slo: str
    starts_at: float
    ends_at: float | None
    text: str
    by: str
    created_at: float

    def touches(self, start: float, end: float) -> bool:
        """True if any of it lies in this half-open span."""
        return self.starts_at < end and (self.starts_at if self.ends_at is None else self.ends_at) >= start


class AnnotationStore(Protocol):
    """Durable. Errors as StateStore."""

    def add(self, annotation: Annotation) -> Annotation:
        """Keeps it, with a number of its own: never one that was given before."""

    def remove(self, slo: str, number: int) -> Annotation:
        """Takes it away for good, and gives it once more. Raises NotFound, also for one of another SLO."""

    def annotations(self, slo: str, start: float, end: float) -> tuple[Annotation, ...]:
        """Those of an SLO that touch the span, by when they begin, then by number."""

    def after(self, number: int) -> tuple[Annotation, ...]:
        """Those of all SLOs with greater numbers, by number."""
