"""What a backtest has done so far, in a file: a run that was interrupted goes on from there."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from leeway.errors import Invalid
from leeway.lab.backtest.trial import Outcome

HEAD = '{"leeway":"backtest journal","version":1}\n'


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome by the key of its trial."""

    key: str
    outcome: Outcome


class Journal:
    """Lines of JSON, each whole or, if the run was killed while it was written, without meaning.

    A key is made of all that an outcome depends on, so a line is either right or never asked for.
    """

    def __init__(self, path: Path) -> None:
        """Opens it, or begins one. Invalid if the file is something else."""
        self._path = path
        self._known: dict[str, Outcome] = {}
        text = path.read_text("utf-8", errors="replace") if path.exists() else ""
        if text and not text.startswith(HEAD):
            raise Invalid("this is no journal of a backtest", place=str(path), mend="name a file that does not exist")
        for line in text.removeprefix(HEAD).splitlines():
            try:
                one = _lines().validate_json(line)
            except ValidationError:
                continue  # torn by a kill, or of another version: done again
            self._known[one.key] = one.outcome
        if not text:
            path.write_text(HEAD, "utf-8")
        elif not text.endswith("\n"):
            self._append(b"\n")

    def get(self, key: str) -> Outcome | None:
        """What is known of it."""
        return self._known.get(key)

    def keep(self, key: str, outcome: Outcome) -> None:
        """From now on it is known, also after a kill."""
        self._append(_lines().dump_json(Line(key, outcome)) + b"\n")
        self._known[key] = outcome

    def _append(self, data: bytes) -> None:
        with self._path.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


@cache
def _lines() -> TypeAdapter[Line]:
    return TypeAdapter(Line)
