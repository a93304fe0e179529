"""`leeway.ports.silences.SilenceStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import threading
from dataclasses import replace

from leeway.core.alerting.silence import Silence
from leeway.errors import Conflict, NotFound


class MemorySilences:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._silences: list[Silence] = []

    def add(self, silence: Silence) -> Silence:
        """Numbers count from 1."""
        with self._lock:
            kept = replace(silence, number=len(self._silences) + 1)
            self._silences.append(kept)
            return kept

    def end(self, number: int, *, by: str, at: float) -> Silence:
        """Replaced by one that ends now."""
        with self._lock:
            known = next((one for one in self._silences if one.number == number), None)
            if known is None:
                raise NotFound(f"there is no silence {number}")
            if known.ends_at <= at:
                raise Conflict(f"silence {number} is over already")
            ended = replace(known, ends_at=max(at, known.starts_at), ended_by=by)
            self._silences[number - 1] = ended
            return ended

    def silences(self, *, ending_after: float | None = None) -> tuple[Silence, ...]:
        """The newest number first."""
        with self._lock:
            found = [one for one in self._silences if ending_after is None or one.ends_at > ending_after]
        return tuple(reversed(found))
