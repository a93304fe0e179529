"""What the texts of the definitions were read as, kept: reading a text takes longer than all else that a start does.

The file can be deleted at any time. It is derived, no backup carries it, and what does not fit is made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import structlog

from leeway.spec.documents import Document
from leeway.spec.packing import pack, unpack
from leeway.version import VERSION

Named = tuple[str, str]
"""A text, and the name by which messages call it."""

AT_MOST = 20_000
"""Readings in memory, those of plans that were never applied included."""

READS = ("core", "spec", "ports", "net", "formats")
"""The packages that a text goes through: the last of them, and all that it may import."""

_log = structlog.get_logger("leeway.store")


class Readings:
    """Asks `read` once for every text. With a `place`, what is kept is known again after a restart.

    `code` says which code reads: what other code has read is not believed. May be called from several threads.
    """

    def __init__(
        self, read: Callable[[str, str], tuple[Document, ...]], place: Path | None = None, code: str = ""
    ) -> None:
        self._read, self._place, self._code = read, place, code
        self._packed: dict[str, str] = _loaded(place, code) if place else {}
        self._held: dict[str, tuple[Document, ...]] = {}

    def read(self, text: str, name: str) -> tuple[Document, ...]:
        """The documents of a text."""
        key = _key((text, name))
        found = self._held.get(key)
        if found is None:
            packed = self._packed.get(key)
            found = self._held[key] = self._read(text, name) if packed is None else unpack(json.loads(packed))
        return found

    def knows(self, text: str, name: str) -> bool:
        """True if this text was read before."""
        key = _key((text, name))
        return key in self._held or key in self._packed

    def learn(self, text: str, name: str, documents: tuple[Document, ...]) -> None:
        """Takes the documents of a text that somebody else has read."""
        if len(self._held) >= AT_MOST:
            self._held = {key: self._held[key] for key in self._packed if key in self._held}
        self._held[_key((text, name))] = documents

    def keep(self, texts: Iterable[Named]) -> None:
        """Forgets all texts but these, and writes down what was read of them if that has changed."""
        held = self._held
        keys = [key for key in map(_key, texts) if key in held]
        self._held = {key: held[key] for key in keys}
        if self._packed.keys() != self._held.keys():
            known = self._packed
            self._packed = {key: known.get(key) or json.dumps(pack(held[key]), separators=(",", ":")) for key in keys}
            if self._place is not None:
                _save(self._place, self._code, self._packed)


def code_of_leeway() -> str:
    """Another text whenever the code that reads definitions may be another: that of formats, and of all below it."""
    digest, root = hashlib.sha256(f"{VERSION} {version('pyyaml')}".encode()), Path(__file__).parents[1]
    modules = (module for folder in READS for module in (root / folder).rglob("*.py"))
    for module in sorted([*root.glob("*.py"), *modules]):
        digest.update(module.read_bytes())
    return digest.hexdigest()


def _key(named: Named) -> str:
    return hashlib.sha256("\0".join(named).encode("utf-8", "surrogatepass")).hexdigest()


def _head(code: str, body: bytes) -> bytes:
    return f"{code} {hashlib.sha256(body).hexdigest()}".encode()


def _loaded(place: Path, code: str) -> dict[str, str]:
    """Nothing unless the file is to the byte what this code wrote."""
    try:
        head, _, body = place.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return {}
    except OSError as error:
        _log.warning("what was read of the definitions cannot be looked up", place=str(place), error=error.strerror)
        return {}
    if head != _head(code, body):
        return {}
    lines = body.decode("ascii").split("\n")
    return {key: packed for key, _, packed in (line.partition(" ") for line in lines if line)}


def _save(place: Path, code: str, readings: dict[str, str]) -> None:
    """Puts the file in place whole. It is not worth waiting for the disk: a torn one is ignored, and made again."""
    body = "".join(f"{key} {packed}\n" for key, packed in readings.items()).encode("ascii")
    part = place.with_name(place.name + ".part")
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        part.write_bytes(_head(code, body) + b"\n" + body)
        part.replace(place)
    except OSError as error:  # definitions are stored already; the next start only takes longer
        _log.warning("what was read of the definitions cannot be kept", place=str(place), error=error.strerror)
        with suppress(OSError):
            part.unlink()
