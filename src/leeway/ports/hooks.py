"""The store of hooks: who subscribed to which events, what is still to be delivered to them, and how that went.

What happened is found by comparing how things stand with *marks*: how they stood when it was last told. New marks and
the deliveries that follow from them are stored in one transaction (`record`), so that no event is lost or told twice
because somebody died in between. A delivery is taken on a lease and tried until the receiver takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from leeway.errors import LeewayError


class Kind(StrEnum):
    """What an event is about."""

    BUDGET = "budget"
    ALERT = "alert"
    DOCUMENT = "document"
    ANNOTATION = "annotation"
    SOURCE = "source"
    TEST = "test"
    """Nobody subscribes to it: it comes when somebody tries whether anything does."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A subscription: to whom, and which events; empty means all of them. Times are epoch seconds.

    It names a Recipient whose channel is a webhook, or an address with the place of its secret: `secret` is
    `{"env": name}` or `{"file": path}`, never the secret itself. `number` is 0 until the store gave one.
    """

    number: int
    recipient: str
    url: str
    secret: Mapping[str, str]
    kinds: tuple[Kind, ...]
    slos: tuple[str, ...]
    projects: tuple[str, ...]
    active: bool
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event for one hook. `event` is the same for all hooks and all tries; of one `subject` all come in order."""

    hook: int
    event: str
    type: str
    subject: str
    body: bytes
    at: float
    due_at: float


class Fate(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a parcel fares. `due_at` None: nothing more is to be done; the parcel's own is when trying began.

    `status`, `answer` (its beginning) and `error` are of the last try; status None without an answer.
    """

    number: int
    parcel: Parcel
    due_at: float | None
    attempts: int
    delivered_at: float | None
    status: int | None
    answer: str
    error: str

    @property
    def fate(self) -> Fate:
        """What became of it so far."""
        if self.due_at is not None:
            return Fate.WAITING
        return Fate.GIVEN_UP if self.delivered_at is None else Fate.DELIVERED


@dataclass(frozen=True, slots=True)
class Try:
    """How one try went. `due_at` is when the next one is, None if there is none."""

    at: float
    status: int | None
    answer: str
    error: str
    due_at: float | None

    @property
    def taken(self) -> bool:
        """True if the receiver took it."""
        return not self.error


@dataclass(frozen=True, slots=True)
class Count:
    """How many deliveries of a hook wait, and how many were given up."""

    waiting: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver said: any status, the beginning of its answer, and what it means if that is not 2xx."""

    status: int
    answer: str
    error: LeewayError | None


class Line(Protocol):
    """The way to one receiver. Cancel-safe; errors as a channel's, where there was no answer."""

    async def post(self, event: str, body: bytes) -> Reply:
        """One try."""

    async def close(self) -> None:
        """Releases connections."""


class HookStore(Protocol):
    """Durable. Errors as StateStore."""

    def hooks(self) -> tuple[Hook, ...]:
        """All, by number."""

    def add(self, hook: Hook) -> Hook:
        """Keeps it, with a number that was never given before."""

    def change(self, hook: Hook) -> Hook:
        """Replaces the one of this number. Raises NotFound."""

    def remove(self, number: int) -> Hook:
        """Takes it away with all its deliveries. Raises NotFound."""

    def counts(self) -> dict[int, Count]:
        """Of each hook that has any."""

    def marks(self) -> dict[str, str]:
        """How everything stood when it was last told."""

    def record(self, put: Sequence[Parcel], stood: Mapping[str, str | None], *, anew: bool = False) -> None:
        """All of it or nothing: parcels put out; marks set, or removed if None. `anew`: these marks and no others."""

    def due(self, now: float) -> frozenset[int]:
        """The hooks for which something is to be done."""

    def take(self, hook: int, now: float, *, lease_s: float) -> Delivery | None:
        """The oldest that is due, now leased with an attempt more; what waits behind another of its subject is not."""

    def tried(self, number: int, one: Try) -> None:
        """What became of it."""

    def again(self, hook: int, number: int, now: float) -> Delivery:
        """Due now, whatever became of it before, as if it were new. Raises NotFound."""

    def deliveries(self, hook: int, *, fate: Fate | None, limit: int, before: int | None) -> tuple[Delivery, ...]:
        """The newest first, with smaller numbers than `before`."""

    def delivery(self, hook: int, number: int) -> Delivery | None:
        """One of them."""

    def prune(self, before: float) -> None:
        """Forgets what happened before this and waits no more."""

    def versions(self) -> dict[tuple[str, str], int]:
        """The number of the newest revision of every document there ever was, deletions too."""
