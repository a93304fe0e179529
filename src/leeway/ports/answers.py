"""The store of answers: a request sent again under its key is answered as before, also after a restart.

A key is *claimed* before its request is carried out, and *kept* with the answer after it. So a crash between the two
leaves a claim without an answer: nobody knows whether it was carried out, and nobody carries it out a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Name:
    """Whose key it is: the same key at another address is another key."""

    address: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `media_type` is "" for an answer without a body."""

    status: int
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The first request under a name: the digest of its body, when it came (epoch seconds), and its answer.

    `answer` is None as long as it is being carried out, and for ever if that was broken off.
    """

    digest: str
    at: float
    answer: Answer | None = None


class AnswerStore(Protocol):
    """Durable. Errors as StateStore."""

    def claim(self, name: Name, digest: str, at: float) -> Claim | None:
        """None: it is yours now. Else the claim that was there before, unchanged."""

    def keep(self, name: Name, answer: Answer) -> None:
        """The answer to what was claimed under this name."""

    def release(self, name: Name) -> None:
        """It was not carried out: whoever comes next may claim it. Nothing happens if nobody holds it."""

    def prune(self, before: float) -> None:
        """Forgets claims from before this, with or without an answer."""
