"""Annotations as people ask for them: judged before they are kept."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

from leeway.errors import Invalid
from leeway.ports.annotations import Annotation, AnnotationStore
from leeway.ports.clock import Clock

LONGEST = 2_000
"""Letters of a text."""

NAMES = 200
"""Letters of a name."""


@dataclass(frozen=True, slots=True)
class AnnotationWish:
    """Text about a moment, or about a span if it has an end. Epoch seconds; `starts_at` None is now."""

    text: str
    by: str
    starts_at: float | None = None
    ends_at: float | None = None


class Annotations:
    """`ensure_known` raises NotFound for an SLO that is none."""

    def __init__(self, store: AnnotationStore, clock: Clock, ensure_known: Callable[[str], object]) -> None:
        self._store, self._clock, self._ensure_known = store, clock, ensure_known

    async def add(self, slo: str, wish: AnnotationWish) -> Annotation:
        """Keeps it. Raises NotFound, and Invalid with the part that is wrong."""
        self._ensure_known(slo)
        return await asyncio.to_thread(self._store.add, judged(slo, wish, self._clock.now()))

    async def remove(self, slo: str, number: int) -> Annotation:
        """Takes it away. Raises NotFound."""
        return await asyncio.to_thread(self._store.remove, slo, number)

    async def annotations(self, slo: str, start: float = -math.inf, end: float = math.inf) -> tuple[Annotation, ...]:
        """Those that touch the span, by when they begin. Raises NotFound."""
        self._ensure_known(slo)
        return await asyncio.to_thread(self._store.annotations, slo, start, end)


def judged(slo: str, wish: AnnotationWish, now: float) -> Annotation:
    """The annotation, without a number. Raises Invalid for one that says nothing, too much, or ends before it begins.

    Text is kept to the letter: who shows it makes it harmless.
    """
    text, by = wish.text.strip(), wish.by.strip()
    for said, what, most in ((text, "text", LONGEST), (by, "by", NAMES)):
        if not said:
            raise Invalid("there is nothing in it", place=what, mend="say what happened, and who you are")
        if len(said) > most:
            raise Invalid(f"it has {len(said)} characters", place=what, mend=f"take {most} or fewer")
    starts_at = now if wish.starts_at is None else wish.starts_at
    if wish.ends_at is not None and wish.ends_at <= starts_at:
        raise Invalid("it ends before it begins", place="end", mend="leave the end out for a moment, or swap them")
    return Annotation(0, slo, starts_at, wish.ends_at, text, by, now)
