"""Paths on a command line become files in memory: folders, globs, `-`."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from leeway.spec.text import Limits

SUFFIXES = (".yaml", ".yml", ".json")
STDIN = "-"


@dataclass(frozen=True, slots=True)
class File:
    """A file as read. `problem` says in words why there is no `data`."""

    name: str
    data: bytes = b""
    problem: str = ""


def load(paths: Iterable[str], limits: Limits = Limits()) -> Iterator[File]:  # noqa: B008 — frozen, so sharing it is safe
    """Every file that the paths mean, in order and once each. What cannot be read has a `problem`.

    A folder means all *.yaml, *.yml and *.json files below it, those below hidden folders aside; a path with * ? [ that
    is no file is a glob; `-` is standard input. A file over the limit is read just far enough to be refused.
    """
    seen: set[Path] = set()
    for path in paths:
        if path == STDIN:
            yield File("<stdin>", sys.stdin.buffer.read(limits.size + 1))
            continue
        found = _meant(path)
        if isinstance(found, str):
            yield File(path, problem=found)
            continue
        for one in found:
            if (real := one.resolve()) not in seen:
                seen.add(real)
                yield _read(one, limits.size + 1)


def _meant(path: str) -> list[Path] | str:
    there = Path(path)
    if there.is_dir():
        return _below(there) or f"no {', '.join(f'*{one}' for one in SUFFIXES)} below this folder"
    if there.exists():
        return [there]
    if glob.has_magic(path):
        matches = glob.glob(path, recursive=True)  # noqa: PTH207 — Path.glob takes no absolute patterns
        found = [Path(one) for one in sorted(matches)]
        files = [one for match in found for one in (_below(match) if match.is_dir() else [match])]
        return files or "no file fits this pattern"
    return "there is no such file or folder"


def _below(folder: Path) -> list[Path]:
    return sorted(
        one
        for one in folder.rglob("*")
        if one.suffix.lower() in SUFFIXES
        and one.is_file()
        and not any(part.startswith(".") for part in one.relative_to(folder).parts)
    )


def _read(path: Path, most: int) -> File:
    try:
        with path.open("rb") as file:
            return File(str(path), file.read(most))
    except OSError as error:
        return File(str(path), problem=f"this cannot be read: {error.strerror or error}")
