"""Documents of hooks: who subscribed to events, how deliveries fare, and the `data` of each event."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from leeway.client.document import Document, Wish
from leeway.client.documents import Source
from leeway.net import SecretRef

HookKind = Literal["budget", "alert", "document", "annotation", "source"]
DeliveryState = Literal["waiting", "delivered", "given_up"]


class HookWish(Wish):
    """To whom, and which events; empty lists mean all. Name a Recipient whose channel is a signed webhook, or a `url`
    with the place of its `secret`, never the secret itself."""

    recipient: str = Field("", max_length=253, description="Name of a Recipient")
    url: str = Field("", max_length=2_000, description="Address that takes a POST")
    secret: SecretRef | None = Field(None, description="Where the secret is that signs: {env: NAME} or {file: path}")
    kinds: list[HookKind] = Field([], max_length=10, description="What events shall be about")
    slos: list[str] = Field([], max_length=1_000, description="Names of SLOs")
    projects: list[str] = Field([], max_length=100, description="Names of projects")
    active: bool = True
    by: str = Field(min_length=1, max_length=200, description="Who asks for it")


class Hook(Document):
    """A subscription. Of `url` a query is not told; `secret` is where the secret is.

    `waiting` deliveries are still to be made, `given_up` ones never arrived and can be sent again.
    """

    number: int
    recipient: str
    url: str
    secret: SecretRef | None
    kinds: list[HookKind]
    slos: list[str]
    projects: list[str]
    active: bool
    by: str
    at: datetime
    waiting: int
    given_up: int


class HookDelivery(Document):
    """How one event fares on its way to one hook. `event` is its id, the same whenever it is sent.

    `status`, `answer` (its first 1,000 characters) and `error` are of the last try; `next_at` is when the next is.
    """

    number: int
    hook: int
    event: str
    type: str
    subject: str
    at: datetime
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    status: int | None
    answer: str
    error: str


class TestWish(Wish):
    """A test of a hook."""

    by: str = Field(min_length=1, max_length=200, description="Who asks for it; the receiver reads the name")


class DocumentNews(Document):
    """`document`: a definition was applied, or deleted; `number` is that of its revision."""

    what: Literal["applied", "deleted"]
    kind: str
    name: str
    number: int
    by: str


class SourceNews(Document):
    """`source`: three times in a row it failed to answer for an objective, or it answers again."""

    what: Literal["dead", "alive"]
    source: Source


class Tested(Document):
    """`test`: somebody asked whether anything arrives."""

    by: str
