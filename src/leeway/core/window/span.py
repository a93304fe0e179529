"""A half-open span of time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`[start, end)` in whole epoch seconds, UTC. Empty when start == end; start > end is refused."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"a span cannot end before it starts: {self.start} > {self.end}")

    @property
    def length_s(self) -> int:
        """Seconds from start to end."""
        return self.end - self.start

    def holds(self, time: int) -> bool:
        """True if `time` lies in the span; the end does not."""
        return self.start <= time < self.end
