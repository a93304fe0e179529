"""Everybody and every key at one moment, and who it is that shows one. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leeway.engine.people.roles import Action, Rights, rights_of
from leeway.ports.people import Key, KeyKind, Person

IDLE_S = 3 * 86_400
"""A session that nobody used for so long is over."""


class Via(StrEnum):
    """How somebody is known."""

    NOBODY = "nobody"
    MACHINE = "machine"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105 — the word, not a secret


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and what they may. `name` is what the history and the audit log keep, "" if nobody knows."""

    name: str
    rights: Rights
    via: Via
    person: int | None = None
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something, and from which address."""

    who: Who
    place: str


@dataclass(frozen=True, slots=True)
class Register:
    """People by number, keys by digest."""

    people: Mapping[int, Person]
    keys: Mapping[str, Key]

    @staticmethod
    def of(people: Iterable[Person], keys: Iterable[Key]) -> Register:
        """A register of these."""
        return Register({one.number: one for one in people}, {one.digest: one for one in keys})

    def named(self, name: str) -> Person | None:
        """The person of this name, in any case."""
        return next((one for one in self.people.values() if one.name == name.strip().casefold()), None)

    def signed_in_as(self, subject: str) -> Person | None:
        """The person of this account with a provider."""
        return next((one for one in self.people.values() if one.subject and one.subject == subject), None)

    def key(self, kind: KeyKind, secret: str, now: float) -> Key | None:
        """The key of this kind with this secret, if it has not run out."""
        found = self.keys.get(digest_of(secret))
        return found if found is not None and found.kind is kind and not ran_out(found, now) else None

    def who(self, key: Key) -> Who | None:
        """Who shows a session or a token that has not run out."""
        person = None if key.person is None else self.people.get(key.person)
        if key.person is not None and person is None:
            return None
        theirs = () if person is None else rights_of(person.roles).grants
        if key.kind is KeyKind.SESSION and person is not None:
            return Who(person.name, Rights(theirs), Via.SESSION, person.number, key.number)
        if key.kind is KeyKind.TOKEN:
            name = f"{person.name}, token {key.name}" if person else f"token {key.name}"
            rights = Rights((*theirs, *rights_of({key.project: key.role}).grants))
            return Who(name, rights, Via.TOKEN, key.person, key.number)
        return None

    def admins(self) -> list[Person]:
        """Those who may do everything and can sign in."""
        return [
            one
            for one in self.people.values()
            if (one.password or one.subject) and rights_of(one.roles).everywhere(Action.ADMINISTER)
        ]


def ran_out(key: Key, now: float) -> bool:
    """True after its end, and for a session that nobody used for long."""
    if key.expires_at is not None and now >= key.expires_at:
        return True
    return key.kind is KeyKind.SESSION and now - (key.used_at or key.made_at) > IDLE_S


def digest_of(secret: str) -> str:
    """What is kept of a secret. It is long and random, so one round is enough: nobody can try them all."""
    return hashlib.sha256(secret.encode()).hexdigest()
