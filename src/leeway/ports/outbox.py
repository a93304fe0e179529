"""The outbox: messages that were decided and are still to be delivered, and how each fares.

Messages come in with the decision they follow from (`AlertStore.record`). Whoever delivers looks at what is due and
what stands beside it (`around`), works out who is told what (`leeway.engine.alerts.gather`), and has that settled in
one transaction, which also leases what is to be sent now. If he dies, the lease ends and the message is due again,
under the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from leeway.ports.alerts import Alert, Outgoing
from leeway.ports.channel import Message
from leeway.spec.routes import Role


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in the outbox. `due_at` None: nothing more is to be done.

    It is then delivered (`sent_at`), told of by the message with the key `together`, dropped because it was not needed
    any more (`attempts` 0), or given up. With both it has arrived, and is told again while it burns. Times are epoch
    seconds.
    """

    number: int
    recipient: str
    message: Message
    first_due_at: float
    due_at: float | None
    role: Role = Role.NAMED
    stands_for: str = ""
    attempts: int = 0
    sent_at: float | None = None
    together: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What is due, all that has to be known to decide about it, and the alerts behind it by key."""

    due: frozenset[int] = frozenset()
    posted: tuple[Posted, ...] = ()
    alerts: Mapping[str, Alert] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What follows, by number of message: sent now; dropped, and why; told of by the message with this key.

    `post` are new messages, `amend` gives those that wait another content under their old key.
    """

    send: Sequence[int] = ()
    drop: Mapping[int, str] = field(default_factory=dict)
    together: Mapping[int, str] = field(default_factory=dict)
    post: Sequence[Outgoing] = ()
    amend: Mapping[int, Message] = field(default_factory=dict)

    @property
    def numbers(self) -> frozenset[int]:
        """All that has to be due still."""
        return frozenset((*self.send, *self.drop, *self.together, *self.amend))


@dataclass(frozen=True, slots=True)
class Taken:
    """A message taken for delivery. `attempts` were made before; `first_due_at` is when it was due at first.

    `again`: it has arrived before.
    """

    number: int
    recipient: str
    message: Message
    attempts: int
    first_due_at: float
    again: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a message fares: for people who ask whether somebody was told. `role` says why they are, `notes` what did not
    go as it should though the channel took it. `number` tells it from all others, and grows."""

    recipient: str
    key: str
    event: str
    title: str
    due_at: float
    attempts: int
    sent_at: float | None
    reference: str
    error: str
    role: Role = Role.NAMED
    together: str = ""
    notes: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many messages are due and have not gone out, `failing` of them were tried; the first was due at `since`."""

    messages: int = 0
    failing: int = 0
    since: float | None = None


IDLE_DAYS = 90
IDLE_PAGES = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """How many pages reached a Recipient, and how many of these were taken, by whomever."""

    pages: int
    taken: int

    @property
    def idle(self) -> bool:
        """True for a Recipient whose pages nobody ever takes (of `IDLE_DAYS`): nobody may be there any more."""
        return self.pages >= IDLE_PAGES and not self.taken


class Outbox(Protocol):
    """Durable. Errors as StateStore."""

    def around(self, now: float, *, limit: int) -> Around:
        """What is due and leased to nobody, the oldest first; what waits for some does not hide what others wait for.

        Beside it at least:

        all messages with the same keys; those that wait for the same recipients, and those they got within `RECENT_S`;
        of messages that were told together, the one that told and all that it told of.
        """

    def settle(self, settlement: Settlement, now: float, *, lease_s: float) -> tuple[Taken, ...]:
        """All of it or nothing; the messages to send, now leased.

        Nothing if some of it is not due any more, because somebody else has settled or marked it meanwhile: what was
        worked out (who is told together with whom) holds no longer, and has to be worked out anew.
        """

    def delivered(
        self, number: int, *, at: float, reference: str, notes: tuple[str, ...] = (), again_at: float | None = None
    ) -> None:
        """The channel took it, and noted this. It is due again then, or never; when it arrived first stays."""

    def postpone(self, number: int, *, error: str, until: float | None) -> None:
        """It failed: to be tried again then, or never (None)."""

    def prune(self, before: float, *, key: str = "") -> None:
        """Deletes what was put out before this and needs nothing more; with `key`, only messages with this key.

        What told of an alert that is up is needed still: whoever was told is told of its end.
        """

    def heard(self, since: float) -> dict[str, Heard]:
        """Of each Recipient whom pages reached that were put out since then, alone or together with others."""

    def deliveries(self, *keys: str) -> tuple[Delivery, ...]:
        """All messages with these keys, oldest first. One told together with others is sent when that one is."""

    def newest(self, *, each: int) -> tuple[Delivery, ...]:
        """So many messages of each recipient, by name; of each the newest first."""

    def waiting(self, now: float) -> Waiting:
        """What is due and has not gone out."""


RECENT_S = 3_600.0
"""How far back a recipient's messages count."""
