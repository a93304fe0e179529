"""Bytes of files below the declared folders, and of no others, whatever a path or a link says."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from leeway.errors import Denied, Forbidden, Invalid, LeewayError, NotUnderstood, Permanent, Unreachable

_CHUNK = 1 << 20
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe must not make us wait


def may_be_below(roots: Sequence[Path], path: str) -> None:
    """Raises Invalid if no declared folder can hold the path; looks at names only."""
    if not roots:
        raise Invalid(
            "no folder is declared for files",
            place="metricSource.spec.path",
            mend="an admin declares the folders that file sources may read",
        )
    if Path(path).is_absolute() and not any(Path(path).is_relative_to(root) for root in roots):
        raise Invalid(
            "lies below no declared folder",
            place="metricSource.spec.path",
            mend=f"declared are {', '.join(map(str, roots))}",
        )


def read(roots: Sequence[Path], path: str, max_bytes: int) -> bytes:
    """All bytes of a file as they were at one moment. A relative path is looked for below each root in their order.

    Links are followed first and the real path must lie below a real root; then it is opened folder by folder without
    following any link, so that one put there in between leads nowhere. Raises Forbidden outside the roots, Denied,
    Unreachable (not there, or changed while it was read: try again), NotUnderstood (a folder, a pipe), Permanent
    (larger than `max_bytes`). Blocks.
    """
    may_be_below(roots, path)
    try:
        root, inside = _real(roots, path)
        file = _opened(root, inside)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        raise _refusal(error, path) from None
    try:
        return _whole(file, path, max_bytes)
    finally:
        os.close(file)


def _real(roots: Sequence[Path], path: str) -> tuple[Path, Path]:
    missing: OSError | None = None
    for root in roots:
        if Path(path).is_absolute() and not Path(path).is_relative_to(root):
            continue
        base = root.resolve()
        try:
            real = (root / path).resolve(strict=True)
        except FileNotFoundError as error:
            missing = error
            continue
        if not real.is_relative_to(base):
            raise Forbidden("a link leads out of the declared folder", place=path, mend="put the file itself there")
        return base, real.relative_to(base)
    raise missing or FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


def _opened(root: Path, inside: Path) -> int:
    folder = os.open(root, _DIRECTORY)
    try:
        for name in inside.parts[:-1]:
            below = os.open(name, _DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = below
        return os.open(inside.name or ".", _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _whole(file: int, path: str, max_bytes: int) -> bytes:
    before = os.fstat(file)
    if not stat.S_ISREG(before.st_mode):
        raise NotUnderstood("is no file", place=path, mend="name one file, not a folder or a device")
    if before.st_size > max_bytes:
        raise Permanent(f"is larger than {max_bytes:,} bytes", place=path, mend="split it, or raise max_bytes")
    content = bytearray()
    while len(content) <= before.st_size and (chunk := os.read(file, _CHUNK)):
        content += chunk
    after = os.fstat(file)
    if (before.st_size, before.st_mtime_ns) != (len(content), after.st_mtime_ns):
        raise Unreachable("changed while it was read", place=path, mend="write to a new file, then rename it")
    return bytes(content)


def _refusal(error: OSError | RuntimeError, path: str) -> LeewayError:
    match error:
        case FileNotFoundError():
            return Unreachable("is not there", place=path, mend="check the path; it is tried again")
        case PermissionError():
            return Denied("may not be read", place=path, mend="give Leeway's user the right to read it")
        case OSError(errno=errno.ELOOP) | RuntimeError():
            return Forbidden("a link leads nowhere or out of the declared folder", place=path)
        case NotADirectoryError():
            return Unreachable("is not there: part of the path is a file", place=path, mend="check the path")
    return Unreachable(f"cannot be read: {error.strerror}", place=path)
