"""The store of silences: those to come, those in force, and those that are over, which are kept for the record."""

from __future__ import annotations

from typing import Protocol

from leeway.core.alerting.silence import Silence


class SilenceStore(Protocol):
    """Durable. Errors as StateStore."""

    def add(self, silence: Silence) -> Silence:
        """Keeps it, with a number of its own: never one that was given before."""

    def end(self, number: int, *, by: str, at: float) -> Silence:
        """Ends it before its time, or calls it off before it began. Raises NotFound, and Conflict if it is over."""

    def silences(self, *, ending_after: float | None = None) -> tuple[Silence, ...]:
        """The newest number first; those that ended later than this, or all."""
