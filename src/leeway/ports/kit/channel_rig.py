"""What a channel's test file hands to the suite: how to build the channel, and the far side that people look at."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from leeway.ports.channel import Channel, Manifest
from leeway.ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that people have before them on the far side: an incident, a thread, or a single message; in the order
    in which they came.

    `text` is all they can read of it, decoded. `live` is all that the far side acts upon instead of showing it:
    mentions, links, tags, headers, labels, recipients.
    """

    title: str
    text: str
    open: bool = True
    live: frozenset[str] = frozenset()


class Far(Protocol):
    """The far side of a channel."""

    async def shown(self) -> Sequence[Shown]:
        """What people there see now."""


class HttpFar(Far, Protocol):
    """A far side that is asked over HTTP."""

    async def answer(self, request: Any) -> Any:
        """A `fault_server.Handler`: takes what the vendor takes, refuses what the vendor refuses."""


class Rig(Protocol):
    """What a channel's test file supplies."""

    manifest: Manifest

    def opened(self) -> AbstractAsyncContextManager[tuple[Channel, Far]]:
        """The channel, and a new far side that it talks to."""


class HttpRig(Protocol):
    """As `Rig`, for a channel over HTTP. `code` is the status with which the vendor takes a message."""

    manifest: Manifest
    code: int

    def build(self, url: str, secret: str, clock: Clock, hosts: frozenset[str]) -> Channel:
        """The channel for this address, which may reach these hosts; it sends the secret, and waits half a second."""

    def far(self) -> HttpFar:
        """A new far side."""

    def takes(self, content: bytes) -> bool:
        """True if an answer with this body means that the message was taken."""
