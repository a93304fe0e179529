"""What is wrong, or unwise, in a document: where, why, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error is refused, a warning is advice, an info is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file: line and column, both counted from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or piece of advice. `path` is like `spec.objectives[0].target`; `code` is stable across versions."""

    file: str
    mark: Mark
    path: str
    code: str
    severity: Severity
    message: str
    hint: str = ""
