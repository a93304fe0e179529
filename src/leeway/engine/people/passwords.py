"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

import asyncio
import secrets

from leeway.errors import Invalid

SHORTEST = 12
LONGEST = 200
DIFFERENT = 5
BESIDE_NAME = 8
AT_ONCE = 2
"""Each takes 64 MB and some 50 ms of all processors: who tries many waits for himself."""


def ensure_good(password: str, name: str) -> None:
    """Raises Invalid for one that is guessed soon. Length counts; what it is made of does not."""
    if not SHORTEST <= len(password) <= LONGEST:
        mend = "three or four words that do not belong together are good"
        raise Invalid(f"a password has {SHORTEST} to {LONGEST} characters", place="password", mend=mend)
    if len(password.casefold().replace(name.casefold(), "")) < BESIDE_NAME:
        raise Invalid("this is little more than the name", place="password", mend="take something else")
    if len(set(password)) < DIFFERENT:
        raise Invalid("this is a few characters again and again", place="password", mend="take something else")


class Hasher:
    """Argon2id with the parameters of RFC 9106 for little memory, in threads, a few at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._decoy = ""

    async def hash(self, password: str) -> str:
        """What is kept in the stead of a password; it says how it was made."""
        async with self._turn:
            return await asyncio.to_thread(_hash, password)

    async def matches(self, password: str, kept: str) -> bool:
        """True if this is the password. Without one that is kept it is false, after the same work."""
        self._decoy = self._decoy or await self.hash(secrets.token_urlsafe())
        async with self._turn:
            fits = await asyncio.to_thread(_verify, password, kept or self._decoy)
        return fits and bool(kept)


def _hash(password: str) -> str:
    from argon2 import PasswordHasher  # late: servers without users need none

    return PasswordHasher().hash(password)


def _verify(password: str, kept: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
