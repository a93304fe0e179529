"""The store of shares: links by which anybody sees one SLO until a day, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Share:
    """One link. Of its secret only the SHA-256 is kept. Epoch seconds; `number` is 0 until the store gave one."""

    number: int
    slo: str
    digest: str
    by: str
    made_at: float
    expires_at: float


class ShareStore(Protocol):
    """Durable. Errors as StateStore."""

    def add(self, share: Share) -> Share:
        """Keeps it, with a number that was never given before."""

    def remove(self, slo: str, number: int) -> Share:
        """Takes it away for good. Raises NotFound, also for one of another SLO."""

    def shares(self) -> tuple[Share, ...]:
        """All, the newest first."""

    def share(self, digest: str) -> Share | None:
        """The one whose secret has this digest."""

    def prune(self, before: float) -> None:
        """Forgets what expired before this."""
