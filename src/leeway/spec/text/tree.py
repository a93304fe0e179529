"""A document as it was written: every value with its place, numbers exact, keys unique and in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from leeway.spec.finding import Mark


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. Numbers are int or Decimal, never float, so that 0.999 stays 999/1000; `text` is as written."""

    value: bool | int | Decimal | str | None
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in the order written; a duplicate key was refused before."""

    entries: tuple[Entry, ...]
    mark: Mark

    def get(self, key: str) -> Node | None:
        """The value under `key`, or None if the key is absent."""
        return next((entry.value for entry in self.entries if entry.key.value == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


Node = Scalar | Mapping | Sequence
