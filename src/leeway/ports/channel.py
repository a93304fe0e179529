"""The seam to people: a message is handed to a channel, which says who took it, or an error.

A channel is a folder `channels/<name>/` of one shape: `settings.py` (typed, secrets marked), `compose.py` (pure:
message → request), `channel.py` (the short, dull part that acts) and an `__init__.py` that exports `manifest`,
`Settings` and `build`. Delivery (retries, fallback, escalation) is not a channel's business: it tries once and tells
what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from leeway.core.alerting.policy import Severity
from leeway.ports.source import Gap

ATTEMPT_S = 20.0
"""Seconds that one `send` is given: then it is cancelled and made again. What is not decisive must not last longer."""


class Event(StrEnum):
    """What a message is about."""

    FIRED = "fired"
    RESOLVED = "resolved"
    TEST = "test"
    HEARTBEAT = "heartbeat"


class Skill(StrEnum):
    """What a channel can do beyond showing a message; decides which contract cases apply."""

    DEDUPLICATE = "deduplicate"
    RESOLVE = "resolve"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell one recipient, complete: a channel looks nothing up.

    `key` is the same for all messages of one alert, before and after a crash and on every replica: channels that can
    use it so that a copy changes nothing and a resolution finds its alert. `title` is one line, `lines` are plain
    sentences in the order of reading, `facts` names and values for those who filter. Times are epoch seconds. `link`
    is "" where there is no page to look at.
    """

    key: str
    event: Event
    severity: Severity
    title: str
    lines: tuple[str, ...]
    slo: str = ""
    objective: str = ""
    service: str = ""
    policy: str = ""
    at: float = 0.0
    link: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel took it. `reference` is the channel's own name for it, for people to find it; "" if it has none.

    `notes` are plain sentences about what did not go as it should though the message was taken: a peer that is down,
    one address of several that was refused.
    """

    reference: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """A channel's facts as data.

    `people` is how many its settings name, if the channel can count them; more may stand behind each. None: it cannot.
    Without `pages` it is for messages alone: a page that fired is refused as Permanent. With `again_s` the far side may
    forget an alert that burns (after a restart, or a while), and is told of it again so often.
    """

    name: str
    title: str
    skills: frozenset[Skill]
    people: int | None = None
    pages: bool = True
    again_s: float | None = None
    gaps: tuple[Gap, ...] = field(default=())


class Channel(Protocol):
    """Tells. Cancel-safe; errors are `leeway.errors` Transient (with Retry-After) or Permanent."""

    @property
    def manifest(self) -> Manifest:
        """The facts of this channel."""

    async def send(self, message: Message) -> Delivered:
        """One attempt. An event the channel has no form for (RESOLVED without Skill.RESOLVE) is told as a message."""

    async def close(self) -> None:
        """Releases connections; further messages are an error."""
