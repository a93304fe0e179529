"""One example of every operation: the request as it is written in `operations.yaml`, the answer as a server gave it.

`answers.json` is written by `make api`, which sends them all to a server with known data; a test does it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

_HERE = Path(__file__).parent
REQUESTS, ANSWERS = _HERE / "operations.yaml", _HERE / "answers.json"
JSON, YAML, FORM = "application/json", "application/yaml", "application/x-www-form-urlencoded"
LONGEST = 3
"""So many items of a list are shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """One request, the status it is answered with, and the answer, None if that is not known.

    `about` says what the operation is for. `body` is the text or the tree that is sent, `kind` its type, "" without a
    body.
    """

    about: str
    path: Mapping[str, str | int] = field(default_factory=dict)
    query: Mapping[str, str | int | bool] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    kind: str = ""
    status: int = 200
    answer: Any = None


def examples() -> dict[str, Example]:
    """All of them by name of operation, in the order in which they can be sent one after another."""
    import yaml  # late: a start need not wait for it

    answers = msgspec.json.decode(ANSWERS.read_bytes()) if ANSWERS.exists() else {}
    written = yaml.safe_load(REQUESTS.read_text("utf-8"))
    return {name: _example(told, answers.get(name)) for name, told in written.items()}


def short(tree: Any) -> Any:
    """The same with no list longer than a reader needs."""
    match tree:
        case dict():
            return {name: short(value) for name, value in tree.items()}
        case list():
            return [short(value) for value in tree[:LONGEST]]
        case _:
            return tree


def _example(told: Mapping[str, Any], answer: Any) -> Example:
    body = told.get("body")
    kind = told.get("kind", "" if body is None else YAML if isinstance(body, str) else JSON)
    return Example(**{**told, "kind": kind, "answer": answer})
