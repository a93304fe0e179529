"""Shares: links by which anybody sees one SLO until a day; and which SLOs have a badge for everybody."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Callable

from leeway.errors import Conflict, Invalid, NotFound
from leeway.ports.clock import Clock
from leeway.ports.shares import Share, ShareStore
from leeway.spec.annotations import BADGE, PUBLIC
from leeway.spec.documents import Document, Kind
from leeway.spec.library import Library

DAY_S = 86_400
LONGEST_DAYS = 366
MOST = 50
"""Links of one SLO at a time."""
LONGEST_NAME = 200


class Shares:
    """`library` is what is in force; `name` makes a secret that nobody can guess."""

    def __init__(
        self, store: ShareStore, clock: Clock, library: Callable[[], Library], name: Callable[[], str]
    ) -> None:
        self._store, self._clock, self._library, self._name = store, clock, library, name

    async def shares(self, slo: str | None = None) -> tuple[Share, ...]:
        """Those that are good still, the newest first. Raises NotFound for an SLO that is none."""
        if slo is not None:
            self._ensure_known(slo)
        now = self._clock.now()
        found = await asyncio.to_thread(self._store.shares)
        return tuple(one for one in found if one.expires_at > now and slo in (None, one.slo))

    async def make(self, slo: str, days: float, by: str) -> tuple[Share, str]:
        """A new one for so many days, and its secret, which is told once. Raises NotFound, Invalid, Conflict."""
        by = by.strip()
        if not 0 < len(by) <= LONGEST_NAME:
            raise Invalid("nobody says who shares it", place="by", mend=f"take up to {LONGEST_NAME} characters")
        if not (math.isfinite(days) and 0 < days <= LONGEST_DAYS):
            raise Invalid("so long is no link good", place="days", mend=f"take up to {LONGEST_DAYS} days")
        if len(await self.shares(slo)) >= MOST:
            raise Conflict(f"{slo} has {MOST} links already", mend="end some that nobody needs")
        secret, now = self._name(), self._clock.now()
        share = Share(0, slo, _digest(secret), by, now, now + days * DAY_S)
        await asyncio.to_thread(self._store.prune, now)
        return await asyncio.to_thread(self._store.add, share), secret

    async def end(self, slo: str, number: int) -> Share:
        """Makes a link good for nothing. Raises NotFound."""
        return await asyncio.to_thread(self._store.remove, slo, number)

    async def share(self, secret: str) -> Share:
        """What a link shows. Raises NotFound for one that never was, is ended or expired, all in the same words."""
        found = await asyncio.to_thread(self._store.share, _digest(secret))
        if found is None or found.expires_at <= self._clock.now() or self._definition(found.slo) is None:
            raise NotFound(
                "this link shows nothing", mend="it may have ended: ask whoever gave it to you for a new one"
            )
        return found

    async def has_badge(self, slo: str, secret: str) -> bool:
        """True if anybody may see the badge of the SLO: by its definition, or with the secret of one of its links."""
        if self._is_public(slo):
            return True
        try:
            return bool(secret) and (await self.share(secret)).slo == slo
        except NotFound:
            return False

    def is_public(self, slo: str) -> bool:
        """True if its definition gives its badge to everybody. Raises NotFound."""
        self._ensure_known(slo)
        return self._is_public(slo)

    def _is_public(self, slo: str) -> bool:
        found = self._definition(slo)
        return found is not None and found.metadata.annotations.get(BADGE.key) == PUBLIC

    def _definition(self, slo: str) -> Document | None:
        return self._library().index.get((Kind.SLO, slo))

    def _ensure_known(self, slo: str) -> None:
        if self._definition(slo) is None:
            raise NotFound(f"there is no SLO {slo!r}", mend="`leeway get slo` lists them")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
