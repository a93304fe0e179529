"""The part of the client that tries alert policies on the past."""

from __future__ import annotations

from collections.abc import Callable

from leeway.client.access import Ask
from leeway.client.backtests import Backtest, BacktestWish
from leeway.client.documents import Items
from leeway.net import Request


class BacktestsClient:
    """By `client.backtests`."""

    def __init__(self, ask: Ask, url: Callable[..., str]) -> None:
        self._ask, self._url = ask, url

    async def start(self, slo: str, wish: BacktestWish, *, key: str | None = None) -> Backtest:
        """Begins one, as a job. With a `key` the same wish sent again begins no other."""
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        body = wish.model_dump_json().encode()
        asked = Request(self._at(slo), "POST", body=body, headers=headers, repeatable=key is not None)
        return await self._ask(Backtest, asked)

    async def listed(self, slo: str) -> list[Backtest]:
        """Those of an SLO that are kept, without results, the newest first."""
        return (await self._ask(Items[Backtest], Request(self._at(slo), repeatable=True))).items

    async def one(self, slo: str, number: int) -> Backtest:
        """How far it is, and what came of it."""
        return await self._ask(Backtest, Request(self._at(slo, number), repeatable=True))

    async def remove(self, slo: str, number: int) -> Backtest:
        """Cancels one that waits or runs, and drops what came of it."""
        return await self._ask(Backtest, Request(self._at(slo, number), "DELETE"))

    def _at(self, slo: str, *number: int) -> str:
        return self._url("slos", slo, "backtests", *map(str, number))
