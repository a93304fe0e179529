"""Documents about people: who may do what, the tokens of programs, and what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from leeway.client.document import Document, Wish

PeopleRole = Literal["viewer", "editor", "owner", "admin"]
TokenRole = Literal["ingest", "viewer", "editor", "owner", "admin"]


class Me(Document):
    """Who asks, as the server knows them; `roles` is by project, `*` for all, and of a token what it may at most."""

    name: str
    via: Literal["nobody", "machine", "session", "token"]
    roles: dict[str, str]


class Person(Document):
    """Somebody who has an account. `state` is invited until they chose a password; a provider's are there at once."""

    name: str
    roles: dict[str, str]
    state: Literal["invited", "there"]
    provider: bool
    made_at: datetime
    made_by: str


class PersonWish(Wish):
    """Somebody new."""

    name: str = Field(max_length=200)
    roles: dict[str, PeopleRole] = Field(default_factory=dict)


class Invited(Document):
    """Somebody, and the path of the link by which they choose a password: it works once, for a day."""

    person: Person
    link: str


class RoleWish(Wish):
    """Which role, in the stead of the one before."""

    role: PeopleRole


class Token(Document):
    """A token without its secret. `person` is whose it is, null for one of the machine's."""

    number: int
    name: str
    person: str | None
    role: str
    project: str
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    used_at: datetime | None


class TokenWish(Wish):
    """A token of whoever asks; `lasts_s` null is for as long as it is not ended."""

    name: str = Field(max_length=200)
    role: TokenRole
    project: str = "*"
    lasts_s: float | None = Field(90 * 86_400, gt=0, le=100 * 366 * 86_400)


class Made(Document):
    """A new token, and its secret, which is told once."""

    token: Token
    secret: str


class Act(Document):
    """One line of the audit log."""

    number: int
    at: datetime
    who: str
    place: str
    what: str
    subject: str
    before: str
    after: str
