"""The part of the client about hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from leeway.client.access import Ask
from leeway.client.documents import Items
from leeway.client.hooks import DeliveryState, Hook, HookDelivery, HookWish, TestWish
from leeway.net import Request

Shape = TypeVar("Shape", bound=BaseModel)


class HooksClient:
    """By `client.hooks`."""

    def __init__(self, ask: Ask, url: Callable[..., str]) -> None:
        self._ask, self._url = ask, url

    async def all(self) -> list[Hook]:
        """Every hook, with how many deliveries wait and were given up."""
        return (await self._ask(Items[Hook], Request(self._url("hooks")))).items

    async def get(self, number: int) -> Hook:
        """One hook."""
        return await self._ask(Hook, Request(self._url("hooks", str(number))))

    async def add(self, wish: HookWish) -> Hook:
        """Subscribes to what happens from now on."""
        return await self._send(Hook, "POST", wish, "hooks")

    async def change(self, number: int, wish: HookWish) -> Hook:
        """Replaces what a hook says; what waits for it is kept."""
        return await self._send(Hook, "PUT", wish, "hooks", str(number))

    async def remove(self, number: int) -> Hook:
        """Takes a hook away, with all that waits for it."""
        return await self._send(Hook, "DELETE", None, "hooks", str(number))

    async def test(self, number: int, *, by: str) -> HookDelivery:
        """Sends a test, once; `delivery` of its number tells whether it arrived."""
        return await self._send(HookDelivery, "POST", TestWish(by=by), "hooks", str(number), "test")

    async def deliveries(
        self, number: int, *, state: DeliveryState | None = None, limit: int = 100, after: str | None = None
    ) -> Items[HookDelivery]:
        """How deliveries fare, the newest first; `next` is to be sent as `after`."""
        asked = {"state": state, "limit": str(limit), "after": after}
        query = tuple((name, value) for name, value in asked.items() if value is not None)
        return await self._ask(Items[HookDelivery], Request(self._url("hooks", str(number), "deliveries"), query=query))

    async def delivery(self, hook: int, number: int) -> HookDelivery:
        """How one delivery fares."""
        return await self._ask(HookDelivery, Request(self._url("hooks", str(hook), "deliveries", str(number))))

    async def redeliver(self, hook: int, number: int) -> HookDelivery:
        """Sends it again, under the same id."""
        return await self._send(HookDelivery, "POST", None, "hooks", str(hook), "deliveries", str(number), "redeliver")

    async def _send(self, shape: type[Shape], method: str, wish: BaseModel | None, *path: str) -> Shape:
        body = wish.model_dump_json().encode() if wish else b""
        headers = {"Content-Type": "application/json"} if wish else {}
        return await self._ask(shape, Request(self._url(*path), method, body=body, headers=headers))
