"""`leeway.ports.people.PeopleStore` in memory: for tests, and the plainest reading of the protocol."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from leeway.errors import Conflict, NotFound
from leeway.ports.people import Act, Key, Person


class MemoryPeople:
    """Nothing survives it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._people: dict[int, Person] = {}
        self._keys: dict[int, Key] = {}
        self._acts: list[Act] = []
        self._numbers = count(1)

    def people(self) -> tuple[Person, ...]:
        """Sorted."""
        with self._lock:
            return tuple(sorted(self._people.values(), key=lambda one: one.name))

    def save(self, person: Person, act: Act) -> Person:
        """Looks at all others first."""
        with self._lock:
            others = [one for one in self._people.values() if one.number != person.number]
            if any(one.name == person.name or (one.subject and one.subject == person.subject) for one in others):
                raise Conflict("somebody else has this name or account", place=person.name)
            if person.number and person.number not in self._people:
                raise NotFound(f"there is nobody with the number {person.number}")
            kept = replace(person, number=person.number or next(self._numbers))
            self._people[kept.number] = kept
            self.note([act])
            return kept

    def remove(self, number: int, act: Act) -> None:
        """With all keys."""
        with self._lock:
            if self._people.pop(number, None) is None:
                raise NotFound(f"there is nobody with the number {number}")
            self._keys = {each: key for each, key in self._keys.items() if key.person != number}
            self.note([act])

    def keys(self) -> tuple[Key, ...]:
        """By number."""
        with self._lock:
            return tuple(sorted(self._keys.values(), key=lambda one: -one.number))

    def give(self, key: Key, act: Act) -> Key:
        """Numbers are shared with people: they only must not come twice."""
        with self._lock:
            if key.person is not None and key.person not in self._people:
                raise NotFound(f"there is nobody with the number {key.person}")
            kept = replace(key, number=next(self._numbers))
            self._keys[kept.number] = kept
            self.note([act])
            return kept

    def end(self, numbers: Sequence[int], act: Act | None) -> int:
        """Those that are there."""
        with self._lock:
            ended = sum(self._keys.pop(number, None) is not None for number in numbers)
            if ended and act is not None:
                self.note([act])
            return ended

    def used(self, times: Mapping[int, float]) -> None:
        """Replaced one by one."""
        with self._lock:
            for number, at in times.items():
                if number in self._keys:
                    self._keys[number] = replace(self._keys[number], used_at=at)

    def note(self, acts: Sequence[Act]) -> None:
        """Numbers count from 1."""
        with self._lock:
            for act in acts:
                self._acts.append(replace(act, number=len(self._acts) + 1))

    def acts(self, *, before: int | None = None, limit: int = 100) -> tuple[Act, ...]:
        """The newest first."""
        with self._lock:
            found = [act for act in reversed(self._acts) if before is None or act.number < before]
        return tuple(found[:limit])
