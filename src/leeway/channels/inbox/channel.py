"""Appends to a file: the acting part."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from dataclasses import replace
from pathlib import Path

from leeway.channels.inbox.compose import line
from leeway.channels.inbox.settings import Settings
from leeway.errors import Denied, Forbidden, Invalid, LeewayError, Permanent, StoreFull
from leeway.net import Outside
from leeway.ports.channel import Delivered, Manifest, Message, Skill
from leeway.ports.clock import Clock

manifest = Manifest(
    name="inbox",
    title="Inbox on this machine",
    skills=frozenset({Skill.RESOLVE, Skill.PAGE}),  # PAGE: where it is used, it stands for a pager
    people=0,
)

NAME = "inbox.jsonl"
_OPEN = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not block


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> InboxChannel:
    """An inbox in this folder for a recipient called `title`.

    Forbidden if no declared folder holds it, Invalid if it is none.
    """
    real = settings.folder.expanduser().resolve()
    if not any(real.is_relative_to(root.resolve()) for root in outside.roots):
        mend = "an admin declares the folders in which files may lie (--file-roots)"
        raise Forbidden("lies below no declared folder", place=f"folder {settings.folder}", mend=mend)
    if not real.is_dir():
        raise Invalid("is no folder", place=f"folder {settings.folder}", mend="make it first")
    return InboxChannel(replace(manifest, title=title), real / NAME, outside.clock)


class InboxChannel:
    """Messages in one file, in the order in which they were taken; several writers may share it."""

    def __init__(self, facts: Manifest, path: Path, clock: Clock) -> None:
        self._manifest = facts
        self._path = path
        self._clock = clock
        self._closed = False

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        if self._closed:
            raise Permanent("this inbox is closed", place=str(self._path))
        await asyncio.to_thread(append, self._path, line(message, self._manifest.title, self._clock.now()))
        return Delivered(str(self._path))

    async def close(self) -> None:
        self._closed = True


def append(path: Path, content: bytes) -> None:
    """Adds a line that is on the disk when this returns, or nothing. The file is for its owner only. Blocks."""
    try:
        file = os.open(path, _OPEN, 0o600)
    except OSError as error:
        raise _refusal(error, path) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.fchmod(file, 0o600)
        before = os.fstat(file).st_size
        torn = before > 0 and os.pread(file, 1, before - 1) != b"\n"  # a crash in the middle of the line before
        _write(file, b"\n" + content if torn else content, before)
        os.fsync(file)
        if not before:
            _sync_folder(path.parent)
    except OSError as error:
        raise _refusal(error, path) from None
    finally:
        os.close(file)


def _write(file: int, content: bytes, before: int) -> None:
    written = 0
    try:
        while written < len(content):
            written += os.write(file, content[written:])
    except OSError:
        os.ftruncate(file, before)
        raise


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refusal(error: OSError, path: Path) -> LeewayError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StoreFull("the disk takes no more", place=str(path), mend="make room")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Denied("may not be written", place=str(path), mend="give Leeway's user the right to write it")
    mend = "it must be a file in a folder, and no link"
    return Permanent(f"cannot be written: {error.strerror}", place=str(path), mend=mend)
