"""The store of people: who they are, what they may, the secrets that stand for them, and what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class KeyKind(StrEnum):
    """What a secret is for: a browser that signed in, a program, or a link that works once."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 — the word, not a secret
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in. `roles` are by project, `*` for all; `password` is a hash, "" where there is none.

    `subject` is who they are to the provider that signs them in: its address and their id there, "" without one.
    """

    number: int
    name: str
    roles: Mapping[str, str]
    made_at: float
    made_by: str
    password: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that stands for a person, or for itself (`person` None). Only its digest is known.

    `name`, `project` and `role` are a token's; what it may never is more than its person may. Times are epoch seconds;
    `expires_at` None is never, `used_at` None: not yet.
    """

    number: int
    kind: KeyKind
    digest: str
    person: int | None
    made_at: float
    made_by: str
    expires_at: float | None
    name: str = ""
    project: str = ""
    role: str = ""
    used_at: float | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit log: who did what to what, when and from where, and what it was before and after.

    Never holds a secret or a hash of one.
    """

    at: float
    who: str
    place: str
    what: str
    subject: str
    before: str = ""
    after: str = ""
    number: int = field(default=0, compare=False)


class PeopleStore(Protocol):
    """Durable. Errors as StateStore. Every change is kept together with its act, or not at all."""

    def people(self) -> tuple[Person, ...]:
        """Everybody, by name."""

    def save(self, person: Person, act: Act) -> Person:
        """Keeps somebody new (number 0, which is replaced by one never used before), or in the stead of what was.

        Raises Conflict if another has the name or the subject, NotFound for a number that nobody has.
        """

    def remove(self, number: int, act: Act) -> None:
        """Takes somebody out, and ends all their keys. Raises NotFound."""

    def keys(self) -> tuple[Key, ...]:
        """All that were not ended, the newest first."""

    def give(self, key: Key, act: Act) -> Key:
        """Keeps a new key, with a number never used before. Raises NotFound for a person that is not there."""

    def end(self, numbers: Sequence[int], act: Act | None) -> int:
        """Ends keys; how many of them were not ended before. Without any, no act is kept; None: they had run out."""

    def used(self, times: Mapping[int, float]) -> None:
        """When keys were used last, by number; what is not there is left out."""

    def note(self, acts: Sequence[Act]) -> None:
        """Keeps acts whose changes are stored elsewhere."""

    def acts(self, *, before: int | None = None, limit: int = 100) -> tuple[Act, ...]:
        """The newest first; those with a smaller number than this."""
