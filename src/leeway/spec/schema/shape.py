"""The words a schema is written in: what a document may hold, declared, not programmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from leeway.spec.codes import Code
from leeway.spec.text.tree import Mapping, Scalar

Step = str | int
Path = tuple[Step, ...]


class Level(StrEnum):
    """Who refuses it. The mode of the lint turns this into a severity."""

    SDK = "sdk"  # the Go SDK refuses it: an error in every mode
    TEXT = "text"  # only the text of OpenSLO refuses it: an error when strict, a warning when compatible
    MISREAD = "misread"  # as TEXT, and the SDK reads something else than it says: nobody should compute with it
    SDK_ONLY = "sdk-only"  # text and SDK contradict each other: a warning when strict, an error when compatible
    ADVICE = "advice"  # nobody refuses it, Leeway advises against it


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, at a path relative to the value that was judged."""

    code: Code
    message: str
    hint: str = ""
    at: Path = ()
    level: Level = Level.SDK
    on_key: bool = False

    def under(self, step: Step) -> Fault:
        """The same fault seen from the value that holds this one."""
        return replace(self, at=(step, *self.at))


ScalarRule = Callable[[Scalar], Iterable[Fault]]
RecordRule = Callable[[Mapping], Iterable[Fault]]
KeyRule = Callable[[str], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Text:
    """A single text that every rule accepts. An empty text is judged by `Field.required` alone."""

    rules: tuple[ScalarRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number."""

    rules: tuple[ScalarRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a whole, at most 1: the number 0.2 or the text `20%`. `positive`: also above 0."""

    positive: bool = True


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Any YAML, null included; carried along, not judged."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A text, or a list of texts."""


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose keys the author chooses."""

    value: Shape
    key_rules: tuple[KeyRule, ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `least` and `most` bound its length, and `least` also holds when the list is absent."""

    item: Shape
    least: int = 0
    most: int | None = None
    level: Level = Level.SDK


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record. A required field must be there and be neither null nor empty."""

    name: str
    shape: Shape
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping whose keys are known, and the rules that tie its fields together."""

    fields: tuple[Field, ...]
    rules: tuple[RecordRule, ...] = ()


Shape = Text | Number | Share | Flag | Anything | Texts | Table | Items | Record
