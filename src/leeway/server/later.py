"""A part of the application that is put together when somebody first asks for it: a start need not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from fastapi import APIRouter
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


class Later(BaseRoute):
    """Takes every request whose path begins with none of `but`; what it does not know either is not found."""

    def __init__(self, make: Callable[[], APIRouter], but: tuple[str, ...]) -> None:
        self._make, self._but = make, but

    @cached_property
    def original_router(self) -> APIRouter:
        """Made now, if it was not; FastAPI calls that of an included router so."""
        return self._make()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Without looking at its routes."""
        return (Match.NONE if scope["path"].startswith(self._but) else Match.FULL), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As its routes do."""
        await self.original_router(scope, receive, send)
