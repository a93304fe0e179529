"""The store of alerts: where each stands, what was decided and why, and the messages that are still to be delivered.

What an evaluation changed and the messages that follow from it are stored in one transaction (`record`), so a message
is never lost between decided and sent. Whoever delivers takes messages on a lease: if he dies, the lease ends and the
message is taken again, under the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from leeway.core.alerting.decide import Suppression
from leeway.core.alerting.life import Life
from leeway.core.alerting.policy import Severity
from leeway.ports.channel import Message

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
    """A message for one recipient, not before `due_at`."""

    recipient: str
    message: Message
    due_at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A message taken for delivery. `attempts` were made before; `first_due_at` is when it was due at first."""

    number: int
    recipient: str
    message: Message
    attempts: int
    first_due_at: float


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look changed for one policy on one objective; `alert` as it is now, if there is one."""

    watch: Watch
    standing: Standing
    alert: Alert | None = None
    outgoing: tuple[Outgoing, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message fares: for people who ask whether somebody was told."""

    recipient: str
    key: str
    event: str
    title: str
    due_at: float
    attempts: int
    sent_at: float | None
    reference: str
    error: str


class AlertStore(Protocol):
    """Durable. Errors as StateStore."""

    def standings(self) -> dict[Watch, Standing]:
        """Where every policy stands that ever stirred."""

    def record(self, turns: Sequence[Turn]) -> None:
        """All of it or nothing: standings replaced, alerts added or replaced by key, messages put out for delivery."""

    def forget(self, watches: Sequence[Watch], at: int) -> None:
        """These are no longer watched: their standings go, alerts that are up are resolved at this time."""

    def alert(self, key: str) -> Alert | None:
        """One alert."""

    def alerts(self, *, slo: str | None = None, up: bool = False, limit: int = 100) -> tuple[Alert, ...]:
        """The newest first; `up` leaves out what is resolved."""

    def lasted(self, watch: Watch, limit: int = 500) -> tuple[Alert, ...]:
        """Resolved alerts of one policy on one objective, the newest first."""

    def acknowledge(self, key: str, *, by: str, at: float) -> Alert:
        """Somebody has taken it. Raises NotFound, and Conflict if it is resolved."""

    def take(self, now: float, *, lease_s: float, limit: int) -> tuple[Taken, ...]:
        """Messages that are due, and leased to nobody; until the lease ends nobody else gets them."""

    def delivered(self, number: int, *, at: float, reference: str) -> None:
        """The channel took it."""

    def postpone(self, number: int, *, error: str, until: float | None) -> None:
        """It failed: to be tried again then, or never (None)."""

    def deliveries(self, key: str) -> tuple[Delivery, ...]:
        """All messages of one alert, oldest first."""
