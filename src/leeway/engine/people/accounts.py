"""Accounts: who is let in, with which roles, and how they get a password. Every change leaves a line in the log."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace

from leeway.engine.people.desk import Desk
from leeway.engine.people.passwords import Hasher, ensure_good
from leeway.engine.people.register import Doer, Via, Who, digest_of
from leeway.engine.people.roles import Action, Rights, Role, grants_more, rights_of, role_named
from leeway.errors import Conflict, Denied, Invalid, NotFound
from leeway.ports.people import Act, Key, KeyKind, Person
from leeway.spec.nearest import did_you_mean
from leeway.spec.projects import EVERY

LINK_S = 86_400
"""A link for the first sign-in is good for a day, and once."""

FIRST = "admin"
"""What the first account is called."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_PROJECT = re.compile(r"\*|[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class Accounts:
    """People, as admins and owners see them."""

    def __init__(self, desk: Desk, hasher: Hasher) -> None:
        self._desk, self._hasher = desk, hasher

    @property
    def none(self) -> bool:
        """True until there is somebody: then everything needs somebody."""
        return not self._desk.register.people

    def people(self) -> tuple[Person, ...]:
        """Everybody, by name."""
        return tuple(sorted(self._desk.register.people.values(), key=lambda one: one.name))

    def named(self, name: str) -> Person:
        """The person of this name. Raises NotFound."""
        found = self._desk.register.named(name)
        if found is None:
            names = [one.name for one in self._desk.register.people.values()]
            mend = did_you_mean(name, names) or "`leeway user list` has everybody"
            raise NotFound(f"nobody is called {name[:100]!r}", mend=mend)
        return found

    async def first(self, doer: Doer) -> tuple[Person, str] | None:
        """An admin and the link of the first sign-in, if nobody could sign in and administer; else None."""
        if self._desk.register.admins():
            return None
        waiting = [one for one in self.people() if rights_of(one.roles).everywhere(Action.ADMINISTER)]
        if waiting:
            return waiting[0], await self.link(waiting[0].name, doer)
        return await self.add(FIRST, {EVERY: Role.ADMIN.value}, doer)

    async def add(self, name: str, roles: Mapping[str, str], doer: Doer) -> tuple[Person, str]:
        """Somebody new, and the secret of the link by which they choose a password. Raises Invalid, Conflict."""
        name = _name(name)
        for project, role in roles.items():
            role_named(role, _project(project))
        person = Person(0, name, dict(roles), self._desk.clock.now(), doer.who.name)
        act = self._desk.act(doer, "person.add", name, "", _told(roles))
        kept = await self._desk.change(lambda: self._desk.store.save(person, act))
        return kept, await self.link(name, doer)

    async def set_role(self, name: str, project: str, role: str | None, doer: Doer) -> Person:
        """Gives somebody a role in a project, `*` for all, in the stead of the one before; None takes it away.

        Raises NotFound, Invalid, Denied for more than the doer may, and Conflict for the last who can administer.
        """
        person, project = self.named(name), _project(project)
        wanted = None if role is None else role_named(role, project)
        self._ensure_may_give(person, project, wanted, doer.who.rights)
        roles = {each: held for each, held in person.roles.items() if each != project}
        if wanted is not None:
            roles[project] = wanted.value
        self._ensure_admin_left(person, roles)
        act = self._desk.act(doer, "person.role", person.name, _told(person.roles), _told(roles))
        return await self._desk.change(lambda: self._desk.store.save(replace(person, roles=roles), act))

    async def remove(self, name: str, doer: Doer) -> Person:
        """Takes somebody out, with all their sessions and tokens. Raises NotFound, Conflict for the last admin."""
        person = self.named(name)
        self._ensure_admin_left(person, {})
        act = self._desk.act(doer, "person.remove", person.name, _told(person.roles))
        await self._desk.change(lambda: self._desk.store.remove(person.number, act))
        return person

    async def link(self, name: str, doer: Doer) -> str:
        """The secret of a new link by which somebody chooses a password; links made before are good no more."""
        person, now = self.named(name), self._desk.clock.now()
        secret = secrets.token_urlsafe(24)
        key = Key(0, KeyKind.LINK, digest_of(secret), person.number, now, doer.who.name, now + LINK_S)
        old = self._keys(person, KeyKind.LINK)
        act = self._desk.act(doer, "person.link", person.name)

        def work() -> None:
            self._desk.store.end(old, None)
            self._desk.store.give(key, act)

        await self._desk.change(work)
        return secret

    def linked(self, secret: str) -> Person:
        """Whose link it is. Raises NotFound for one that was used, ran out or never was: which, is not told."""
        return self._linked(secret)[1]

    async def choose(self, secret: str, password: str, place: str) -> Person:
        """By a link: keeps the password, ends the link and all sessions before. Raises Invalid, NotFound."""
        key, person = self._linked(secret)
        ensure_good(password, person.name)
        kept = await self._hasher.hash(password)
        doer = self._themselves(person, place)
        used = self._desk.act(doer, "link.use", person.name)
        act = self._desk.act(doer, "person.password", person.name)

        def work() -> Person:
            if not self._desk.store.end([key.number], used):
                raise _no_link()
            return self._renew(person, kept, act)

        return await self._desk.change(work)

    async def change_password(self, person: Person, old: str, new: str, place: str) -> Person:
        """Raises Denied if `old` is not the present one, Invalid for a new one that is not good. Ends all sessions."""
        if not await self._hasher.matches(old, person.password):
            raise Denied("this is not your present password", place="old", mend="an admin can send you a new link")
        ensure_good(new, person.name)
        kept = await self._hasher.hash(new)
        act = self._desk.act(self._themselves(person, place), "person.password", person.name)
        return await self._desk.change(lambda: self._renew(person, kept, act))

    async def admitted(self, subject: str, name: str, roles: Mapping[str, str], place: str) -> Person:
        """Somebody whom a provider signed in: known by the subject, or new; the roles are what their groups say now.

        Raises Denied without any role, which ends those that they had, and if the name is somebody else's: an account
        is never taken over by a name.
        """
        person = self._desk.register.signed_in_as(subject)
        if person is None and roles:
            person = Person(0, _name(name), {}, self._desk.clock.now(), "oidc", subject=subject)
        if person is not None and dict(person.roles) != dict(roles):
            person = await self._kept(person, roles, place)
        if person is None or not roles:
            mend = "an admin can map one of your groups to a role (oidc_roles)"
            raise Denied("none of your groups has a role here", place=name[:100], mend=mend)
        return person

    async def _kept(self, person: Person, roles: Mapping[str, str], place: str) -> Person:
        what = "person.role" if person.number else "person.add"
        act = self._desk.act(self._themselves(person, place), what, person.name, _told(person.roles), _told(roles))
        try:
            return await self._desk.change(lambda: self._desk.store.save(replace(person, roles=dict(roles)), act))
        except Conflict:
            mend = "an admin can remove or rename the other account"
            raise Denied("another account has this name already", place=person.name, mend=mend) from None

    def _renew(self, person: Person, password: str, act: Act) -> Person:
        """Within one change: a new password, and everybody who signed in by the old one is signed out."""
        kept = self._desk.store.save(replace(person, password=password), act)
        self._desk.store.end(self._keys(person, KeyKind.SESSION), None)
        return kept

    def _linked(self, secret: str) -> tuple[Key, Person]:
        key = self._desk.key(KeyKind.LINK, secret)
        person = None if key is None or key.person is None else self._desk.register.people.get(key.person)
        if key is None or person is None:
            raise _no_link()
        return key, person

    def _keys(self, person: Person, kind: KeyKind) -> list[int]:
        return [
            key.number for key in self._desk.register.keys.values() if (key.person, key.kind) == (person.number, kind)
        ]

    def _themselves(self, person: Person, place: str) -> Doer:
        return Doer(Who(person.name, rights_of(person.roles), Via.SESSION, person.number), place)

    def _ensure_may_give(self, person: Person, project: str, wanted: Role | None, rights: Rights) -> None:
        if rights.everywhere(Action.ADMINISTER):
            return
        held = rights_of(person.roles).grants[0].get(project)
        if any(role is not None and grants_more(role, project, rights) for role in (wanted, held)):
            raise Denied("this is more than you may yourself", place=project, mend="ask an admin")

    def _ensure_admin_left(self, person: Person, roles: Mapping[str, str]) -> None:
        admins = self._desk.register.admins()
        if [one.number for one in admins] == [person.number] and not rights_of(roles).everywhere(Action.ADMINISTER):
            raise Conflict("nobody could administer any more", place=person.name, mend="make somebody else admin first")


def _name(name: str) -> str:
    name = name.strip().casefold()
    if not _NAME.fullmatch(name):
        mend = "use letters of a to z, digits and . _ @ + -, beginning with a letter or a digit; 100 at most"
        raise Invalid("nobody can be called so", place="name", mend=mend)
    return name


def _project(project: str) -> str:
    if not _PROJECT.fullmatch(project):
        raise Invalid("no project is called so", place="project", mend="write a name, or * for all projects")
    return project


def _told(roles: Mapping[str, str]) -> str:
    return json.dumps(dict(roles), ensure_ascii=False, sort_keys=True)


def _no_link() -> NotFound:
    mend = "an admin makes a new one: `leeway user link NAME`"
    return NotFound("this link was used, ran out, or never was", mend=mend)
