"""The record of what was decided about alerts: told to people or kept from them, when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from leeway.core.alerting.decide import Suppression


class Verdict(StrEnum):
    """Whether people were told that it burns; `ENDED`: it burns no more."""

    SENT = "sent"
    KEPT = "kept"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about an alert, by its key. `words` say why, or who is told, as part of a sentence.

    `reason` is None where an alert was told, and where there was nobody to tell.
    """

    alert: str
    at: float
    verdict: Verdict
    words: str
    reason: Suppression | None = None


class DecisionStore(Protocol):
    """Durable. Errors as StateStore."""

    def note(self, decisions: Sequence[Decision]) -> None:
        """All or nothing. What an alert's newest decision says already, at whatever time, is not written again."""

    def decisions(self, alerts: Sequence[str]) -> tuple[Decision, ...]:
        """Those about these alerts, the newest first."""
