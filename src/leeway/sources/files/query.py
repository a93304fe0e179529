"""From the words of an SLO to what is looked for in a file. No SQL and no pattern comes from the words: only names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from leeway.errors import Invalid
from leeway.ports.source import Metric, Role
from leeway.spec.nearest import did_you_mean

EACH_ROW = "*"
"""In place of a column: every row is one event."""

_KEYS = ("path", "column", "time", "where", "format", "separator", "zone")
_SEPARATORS = (",", ";", "\t", "|")
_COUNTS = frozenset({Role.GOOD, Role.BAD, Role.TOTAL})


class Format(StrEnum):
    """How the bytes of a file are laid out."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One metric of one file. `where` holds (column, text) pairs that a row must match exactly.

    `utc` says that times without an offset are UTC; without it they are refused, because nobody knows their zone.
    """

    role: Role
    path: str
    column: str
    time: str
    where: tuple[tuple[str, str], ...]
    format: Format
    separator: str
    utc: bool

    @property
    def counts(self) -> bool:
        """True if the rows of a step are added up, False if there is one at most."""
        return self.role in _COUNTS

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the file must have."""
        own = () if self.column == EACH_ROW else (self.column,)
        return (self.time, *own, *(name for name, _ in self.where))

    def __str__(self) -> str:
        what = "rows" if self.column == EACH_ROW else f"sum of {self.column}" if self.counts else self.column
        where = " and ".join(f"{name} = {text!r}" for name, text in self.where)
        return f"{self.role} = {what} per step of {self.time} in {self.path}" + (f" where {where}" if where else "")


def understand(metric: Metric) -> Wanted:
    """What this metric asks of which file. Raises Invalid, naming the key at fault."""
    spec = metric.spec
    for key in spec:
        if key not in _KEYS:
            raise _wrong(key, "is not known to file sources", did_you_mean(key, _KEYS) or f"known: {', '.join(_KEYS)}")
    path = _text(spec, "path")
    if not path or "\0" in path or ".." in path.replace("\\", "/").split("/"):
        raise _wrong("path", "is no path below a declared folder", "write it without `..`, as in sales/checkout.csv")
    wanted = Wanted(
        metric.role,
        path,
        _text(spec, "column"),
        _text(spec, "time", "time"),
        _where(spec.get("where")),
        _format(spec, path),
        _separator(spec, path),
        _utc(spec),
    )
    if wanted.column == EACH_ROW and not wanted.counts:
        raise _wrong("column", "counts rows, but this metric is a value", "name the column that holds the value")
    return wanted


def _text(spec: Mapping[str, Any], key: str, default: str | None = None) -> str:
    told = spec.get(key, default)
    if told is None:
        mend = "name the column, or * to count rows" if key == "column" else "name the file below a declared folder"
        raise _wrong(key, "is missing", mend)
    if not isinstance(told, str) or not told:
        raise _wrong(key, "is no text", "write a name")
    return told


def _where(told: Any) -> tuple[tuple[str, str], ...]:
    if told is None:
        return ()
    if not isinstance(told, Mapping):
        raise _wrong("where", "is no mapping", "write column: value, as in where: {status: ok}")
    pairs = []
    for name, text in told.items():
        if not isinstance(name, str) or not isinstance(text, bool | int | str):
            raise _wrong(f"where.{name}", "is neither text, a whole number, true nor false", "write the exact value")
        pairs.append((name, str(text).lower() if isinstance(text, bool) else str(text)))
    return tuple(pairs)


def _format(spec: Mapping[str, Any], path: str) -> Format:
    told = spec.get("format", path.rpartition(".")[2].lower())
    try:
        return Format("csv" if told in ("tsv", "txt") and "format" not in spec else told)
    except ValueError:
        raise _wrong("format", f"{str(told)[:20]!r} is not known", "write format: csv, or format: parquet") from None


def _separator(spec: Mapping[str, Any], path: str) -> str:
    told = spec.get("separator", "\t" if path.lower().endswith(".tsv") else ",")
    if told not in _SEPARATORS:
        raise _wrong("separator", "is none of comma, semicolon, tab and bar", 'write it in quotes, as in ";"')
    return str(told)


def _utc(spec: Mapping[str, Any]) -> bool:
    if spec.get("zone", "UTC") != "UTC":
        raise _wrong("zone", "is not UTC", "write times with their offset; only UTC needs none when zone: UTC says so")
    return "zone" in spec


def _wrong(key: str, message: str, mend: str) -> Invalid:
    return Invalid(message, place=f"metricSource.spec.{key}", mend=mend)
