"""Windows that move with the clock."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.core.window.span import Span


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last `length_s` seconds. Days are 86,400 s and weeks 604,800 s, whatever the clocks do.

    >>> Rolling(3600).at(1_000_000)
    Span(start=996400, end=1000000)
    """

    length_s: int

    def __post_init__(self) -> None:
        if self.length_s <= 0:
            raise ValueError("a rolling window has a length above zero")

    @property
    def longest_s(self) -> int:
        """Every instance is as long."""
        return self.length_s

    def at(self, time: int) -> Span:
        """The window that ends at `time`: `[time − length, time)`."""
        return Span(time - self.length_s, time)
