"""`leeway.ports.people.PeopleStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeway.errors import Conflict, NotFound
from leeway.ports.people import Act, Key, KeyKind, Person
from leeway.store.state.access import Access
from leeway.store.state.people_tables import acts, keys, people


class SqlPeople:
    """Shares the database, and its one writer, with the state. What is ended is deleted: the log remembers it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def people(self) -> tuple[Person, ...]:
        """One row each."""
        return tuple(_person(row) for row in self._access.all(select(people).order_by(people.c.name)))

    def save(self, person: Person, act: Act) -> Person:
        """One transaction; names and subjects are the database's to keep apart."""
        values = {
            "name": person.name,
            "roles": json.dumps(dict(person.roles), ensure_ascii=False, sort_keys=True),
            "password": person.password,
            "subject": person.subject or None,
            "made_at": person.made_at,
            "made_by": person.made_by,
        }
        wanted = (
            update(people).where(people.c.id == person.number).values(values)
            if person.number
            else insert(people).values(values)
        )
        with self._access.writing() as connection:
            try:
                row = connection.execute(wanted.returning(people)).one_or_none()
            except IntegrityError as error:
                what = "name" if "people.name" in str(error.orig) else "account with the provider"
                raise Conflict(f"somebody else has this {what}", place=person.name, mend="choose another") from None
            if row is None:
                raise _nobody(person.number)
            _note(connection, [act])
            return _person(row)

    def remove(self, number: int, act: Act) -> None:
        """First the keys, which refer to the person."""
        with self._access.writing() as connection:
            connection.execute(delete(keys).where(keys.c.person == number))
            if connection.execute(delete(people).where(people.c.id == number)).rowcount == 0:
                raise _nobody(number)
            _note(connection, [act])

    def keys(self) -> tuple[Key, ...]:
        """By number."""
        return tuple(_key(row) for row in self._access.all(select(keys).order_by(keys.c.id.desc())))

    def give(self, key: Key, act: Act) -> Key:
        """One row."""
        values = {
            "kind": key.kind.value,
            "digest": key.digest,
            "person": key.person,
            "name": key.name,
            "project": key.project,
            "role": key.role,
            "made_at": key.made_at,
            "made_by": key.made_by,
            "expires_at": key.expires_at,
            "used_at": key.used_at,
        }
        with self._access.writing() as connection:
            try:
                row = connection.execute(insert(keys).values(values).returning(keys)).one()
            except IntegrityError:
                raise _nobody(key.person or 0) from None
            _note(connection, [act])
            return _key(row)

    def end(self, numbers: Sequence[int], act: Act | None) -> int:
        """One transaction: of two that end the same key, one has ended it."""
        with self._access.writing() as connection:
            ended = sum(connection.execute(delete(keys).where(keys.c.id == number)).rowcount for number in numbers)
            if ended and act is not None:
                _note(connection, [act])
            return ended

    def used(self, times: Mapping[int, float]) -> None:
        """One transaction."""
        if times:
            change = update(keys).where(keys.c.id == bindparam("_number")).values(used_at=bindparam("_at"))
            with self._access.writing() as connection:
                connection.execute(change, [{"_number": number, "_at": at} for number, at in times.items()])

    def note(self, acts: Sequence[Act]) -> None:
        """One transaction."""
        if acts:
            with self._access.writing() as connection:
                _note(connection, acts)

    def acts(self, *, before: int | None = None, limit: int = 100) -> tuple[Act, ...]:
        """By number."""
        wanted = select(acts).order_by(acts.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(acts.c.id < before)
        return tuple(
            Act(row.at, row.who, row.place, row.what, row.subject, row.before, row.after, row.id)
            for row in self._access.all(wanted)
        )


def _note(connection: Connection, noted: Sequence[Act]) -> None:
    names = ("at", "who", "place", "what", "subject", "before", "after")
    connection.execute(insert(acts), [{name: getattr(act, name) for name in names} for act in noted])


def _person(row: Row[Any]) -> Person:
    roles: dict[str, str] = json.loads(row.roles)
    return Person(row.id, row.name, roles, row.made_at, row.made_by, row.password, row.subject or "")


def _key(row: Row[Any]) -> Key:
    return Key(
        row.id,
        KeyKind(row.kind),
        row.digest,
        row.person,
        row.made_at,
        row.made_by,
        row.expires_at,
        row.name,
        row.project,
        row.role,
        row.used_at,
    )


def _nobody(number: int) -> NotFound:
    return NotFound(f"there is nobody with the number {number}", mend="look at the list of people once more")
