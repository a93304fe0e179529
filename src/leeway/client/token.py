"""The token that permits writing: one line in the data folder, for its owner's eyes only."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from leeway.errors import Denied, NotFound

TOKEN = "token"  # noqa: S105 — the name of the file
_SHORTEST = 20


def keep_token(folder: Path) -> str:
    """The token of this data folder, made (mode 0600) if there is none. Denied if others could read it."""
    path = folder / TOKEN
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_token(folder)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    return read_token(folder)


def read_token(folder: Path) -> str:
    """The token of this data folder. NotFound without one; Denied if this user may not read it, or others may."""
    path = folder / TOKEN
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        token = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        mend = "name the server's data folder with --data or LEEWAY_DATA; `leeway serve` makes the token"
        raise NotFound("there is no token here, and writing needs one", place=str(path), mend=mend) from None
    except PermissionError:
        mend = "run this as the user who runs the server"
        raise Denied("this user may not read the token", place=str(path), mend=mend) from None
    if mode & 0o077:
        raise Denied(f"others may read the token (mode {mode:04o})", place=str(path), mend=f"chmod 600 {path}")
    if len(token) < _SHORTEST or not token.isascii() or not token.isprintable():
        raise Denied("this is no token", place=str(path), mend="delete the file and start the server again")
    return token
