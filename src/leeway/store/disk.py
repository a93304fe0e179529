"""Files that stay: written through to the disk, and the disk's refusals in words."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leeway.errors import StoreFull, Transient

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: OSError) -> bool:
    """True if there is no room."""
    return error.errno in _FULL


@contextmanager
def refusals(place: Path) -> Iterator[None]:
    """Turns what the operating system refuses into StoreFull or Transient."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            mend = "free some space, or choose another disk"
            raise StoreFull("the disk is full", place=str(place), mend=mend) from error
        raise Transient(f"the disk refuses: {error.strerror}", place=str(error.filename or place)) from error


def copy(source: Path, to: Path) -> None:
    """Copies one file; it is on the disk when this returns."""
    shutil.copyfile(source, to)
    write_through(to)


def write_through(path: Path) -> None:
    """A file's bytes, or a folder's names, survive a power loss once this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
