"""`leeway.ports.answers.AnswerStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import threading
from dataclasses import replace

from leeway.ports.answers import Answer, Claim, Name


class MemoryAnswers:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._held: dict[Name, Claim] = {}
        self._lock = threading.Lock()

    def claim(self, name: Name, digest: str, at: float) -> Claim | None:
        """The first one counts."""
        with self._lock:
            found = self._held.get(name)
            if found is None:
                self._held[name] = Claim(digest, at)
            return found

    def keep(self, name: Name, answer: Answer) -> None:
        """Beside the claim."""
        with self._lock:
            self._held[name] = replace(self._held[name], answer=answer)

    def release(self, name: Name) -> None:
        """As if nobody had come."""
        with self._lock:
            self._held.pop(name, None)

    def prune(self, before: float) -> None:
        """By the time of the claim."""
        with self._lock:
            self._held = {name: claim for name, claim in self._held.items() if claim.at >= before}
