"""`leeway.ports.decisions.DecisionStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

from leeway.ports.decisions import Decision


class MemoryDecisions:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decisions: list[Decision] = []

    def note(self, decisions: Sequence[Decision]) -> None:
        """One after another."""
        with self._lock:
            for one in decisions:
                newest = next((each for each in reversed(self._decisions) if each.alert == one.alert), None)
                if newest is None or replace(newest, at=one.at) != one:
                    self._decisions.append(one)

    def decisions(self, alerts: Sequence[str]) -> tuple[Decision, ...]:
        """The last noted first."""
        with self._lock:
            return tuple(one for one in reversed(self._decisions) if one.alert in alerts)
