"""The store of alerts: where each stands, what was decided, and why.

What an evaluation changed and the messages that follow from it are stored in one transaction (`record`), so a message
is never lost between decided and sent. How it is delivered from there is `leeway.ports.outbox`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Severity
from leeway.ports.channel import Message
from leeway.spec.routes import Role

Watch = tuple[int, str]
"""An objective's number and a policy's name."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one policy on one objective. Times are epoch seconds.

    `sent_at` is None as long as nobody was told, and `suppressed_by` says why; `reasons` are plain sentences.
    """

    key: str
    goal: int
    slo: str
    objective: str
    policy: str
    severity: Severity
    condition: str
    fired_at: int
    resolved_at: int | None = None
    consumed_ratio: float | None = None
    sent_at: int | None = None
    suppressed_by: Suppression | None = None
    acknowledged_at: float | None = None
    acknowledged_by: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a policy stands on an objective; `alert` is the key of the alert that is up."""

    life: Life
    alert: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for one recipient, not before `due_at`; not needed once the one that it `stands_for` has got his."""

    recipient: str
    message: Message
    due_at: float
    role: Role = Role.NAMED
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look changed for one policy on one objective; `alert` as it is now, if there is one.

    Each of `ended` is for everybody for whom a message with its key was put out.
    """

    watch: Watch
    standing: Standing
    alert: Alert | None = None
    outgoing: tuple[Outgoing, ...] = ()
    ended: tuple[Message, ...] = ()


class AlertStore(Protocol):
    """Durable. Errors as StateStore."""

    def standings(self) -> dict[Watch, Standing]:
        """Where every policy stands that ever stirred."""

    def record(self, turns: Sequence[Turn]) -> None:
        """All of it or nothing: standings replaced, alerts added or replaced by key, messages put out for delivery."""

    def forget(self, watches: Sequence[Watch], at: int, ended: Sequence[Message] = ()) -> None:
        """These are no longer watched: their standings go, alerts that are up are resolved at this time.

        `ended` goes to everybody for whom a message with its key was put out.
        """

    def remember(self, past: Sequence[Alert]) -> frozenset[str]:
        """Adds alerts of the past whose keys are new, and changes nothing else; these keys."""

    def alert(self, key: str) -> Alert | None:
        """One alert."""

    def alerts(self, *, slo: str | None = None, up: bool = False, limit: int = 100) -> tuple[Alert, ...]:
        """The newest first; `up` leaves out what is resolved."""

    def lasted(self, watch: Watch, limit: int = 500) -> tuple[Alert, ...]:
        """Resolved alerts of one policy on one objective, the newest first; without those that were only doubted."""

    def acknowledge(self, key: str, *, by: str, at: float) -> tuple[Alert, ...]:
        """Somebody has taken it, or all that were told together under this key and still burn.

        Raises NotFound, and Conflict if it is resolved.
        """
