"""Two people changed one definition: what each of them changed, value by value, and both together. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leeway.spec.documents import Plain


class Missing:
    """Where nothing stands."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Missing()
Value = Plain | Missing


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that at least one of them changed: what both had seen, and what each made of it."""

    path: str
    seen: Value
    mine: Value
    theirs: Value

    @property
    def clash(self) -> bool:
        """Both changed it, and not to the same."""
        return self.mine != self.seen != self.theirs != self.mine


def differences(seen: Value, mine: Value, theirs: Value, path: str = "") -> Iterator[Difference]:
    """Every value on which the three do not agree, in the order of the text."""
    if mine == seen == theirs:
        return
    if (inner := _inside(seen, mine, theirs)) is None:
        yield Difference(path, seen, mine, theirs)
        return
    for step, each in inner:
        below = f"{path}[{step}]" if isinstance(step, int) else f"{path}.{step}".lstrip(".")
        yield from differences(*each, below)


def together(seen: Value, mine: Value, theirs: Value) -> Value:
    """What each changed alone, in one; of what both changed, mine.

    >>> together({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3, "c": 4})
    {'a': 2, 'b': 3, 'c': 4}
    """
    if (inner := _inside(seen, mine, theirs)) is None:
        return theirs if mine == seen else mine
    made = [(step, together(*each)) for step, each in inner]
    if isinstance(mine, list):
        return [one for _, one in made if not isinstance(one, Missing)]
    return {str(step): one for step, one in made if not isinstance(one, Missing)}


def _inside(seen: Value, mine: Value, theirs: Value) -> list[tuple[str | int, tuple[Value, Value, Value]]] | None:
    """The parts of three mappings, or of three lists of one length; None where they are to be taken as a whole."""
    if isinstance(seen, dict) and isinstance(mine, dict) and isinstance(theirs, dict):
        keys = list(dict.fromkeys([*mine, *theirs, *seen]))
        return [(key, (seen.get(key, NOTHING), mine.get(key, NOTHING), theirs.get(key, NOTHING))) for key in keys]
    if not (isinstance(seen, list) and isinstance(mine, list) and isinstance(theirs, list)):
        return None
    return list(enumerate(zip(seen, mine, theirs, strict=True))) if len(seen) == len(mine) == len(theirs) else None
