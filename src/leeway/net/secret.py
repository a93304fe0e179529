"""Secrets: settings hold references, the value is read at the last moment and appears in no text.

A value may come from an environment variable or a file, and only from those that an admin listed. Line ends at the end
of a file are tolerated (an editor put them there); any other character that cannot be seen is refused, because a
hidden one in a key or licence has crashed larger products than this.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from leeway.errors import Forbidden, Invalid

_LONGEST = 65_536


class Secret:
    """A value that shows itself only to `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one line that puts it on the wire."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


class SecretRef(BaseModel):
    """Where a secret is: `{env: NAME}` or `{file: path}`, exactly one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_a_reference(cls, tree: object) -> object:
        if isinstance(tree, str):
            raise ValueError("a secret is not written here; name where it is: {env: NAME} or {file: path}")  # noqa: TRY004  pydantic reports ValueError only
        return tree

    @model_validator(mode="after")
    def _names_one_place(self) -> SecretRef:
        if (self.env is None) == (self.file is None):
            raise ValueError("name one place: either {env: NAME} or {file: path}")
        return self


@dataclass(frozen=True, slots=True)
class Secrets:
    """Reads references that an admin allowed: variables by exact name, files by exact path or a folder above them."""

    env: frozenset[str] = frozenset()
    files: tuple[Path, ...] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def read(self, ref: SecretRef) -> Secret:
        """The secret. Forbidden if its place is not on the list; Invalid if there is nothing, or a hidden character."""
        if ref.env is not None:
            return self._variable(ref.env)
        assert ref.file is not None, "SecretRef names exactly one place"  # noqa: S101  tells mypy what SecretRef checked
        return _clean(_text(self.path(ref.file)), f"file {ref.file}")

    def path(self, path: Path) -> Path:
        """The real path behind `path` if it is on the list; links are followed first, so they cannot lead outside."""
        real = path.expanduser().resolve()
        if not any(real.is_relative_to(allowed.expanduser().resolve()) for allowed in self.files):
            raise Forbidden(
                "this file is not on the list of secret files",
                place=f"file {path}",
                mend=f"if it is meant, start the server with --secret-files {path} (or LEEWAY_SECRET_FILES)",
            )
        return real

    def _variable(self, name: str) -> Secret:
        place = f"environment variable {name}"
        if name not in self.env:
            mend = f"if it is meant, start the server with --secret-env {name} (or LEEWAY_SECRET_ENV)"
            raise Forbidden("this variable is not on the list of secrets", place=place, mend=mend)
        value = self.environ.get(name)
        if value is None:
            raise Invalid("is not set", place=place, mend=f"start Leeway with {name} set, or use {{file: path}}")
        return _clean(value, place)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Invalid(f"cannot be read: {reason}", place=f"file {path}", mend="check the path and its rights") from None
    if len(raw) > _LONGEST:
        raise Invalid(f"is longer than {_LONGEST} bytes: hardly a secret", place=f"file {path}", mend="check the path")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        mend = "save the file as UTF-8"
        raise Invalid(f"byte {error.start + 1} is no UTF-8", place=f"file {path}", mend=mend) from None


def _clean(value: str, place: str) -> Secret:
    value = value.rstrip("\r\n")
    if not value:
        raise Invalid("is empty", place=place, mend="put the secret there")
    for index, character in enumerate(value):
        if _hidden(character):
            line = value.count("\n", 0, index) + 1
            name = unicodedata.name(character, "control character")
            raise Invalid(
                f"character {index + 1} (line {line}) cannot be seen: U+{ord(character):04X} {name}",
                place=place,
                mend="write the secret alone, on one line: printf '%s' 'the secret' > file",
            )
    return Secret(value)


def _hidden(character: str) -> bool:
    """Control, format, unassigned and separator characters; a plain space may be part of a passphrase."""
    return character != " " and unicodedata.category(character)[0] in "CZ"
