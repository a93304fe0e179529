"""How often one caller may ask: a bucket for each caller and each kind of request. Plain ASGI, behind the guard.

A caller is who the guard found out he is (`scope["state"]["caller"]`), else his address. What watches Leeway itself
(`/healthz`, `/readyz`) is never refused, or a limit would look like an outage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leeway.client.problem import problem_of
from leeway.errors import Throttled
from leeway.ports.clock import Clock
from leeway.server.answers import problem_response
from leeway.server.safety.bucket import Quota, Taken, take
from leeway.server.safety.guard import QUESTIONS, READING

BURST_S = 10
"""Seconds' worth that may come at once."""

CALLERS = 10_000
"""So many are known; then those with full buckets are forgotten, which changes nothing for them."""

FREE = frozenset({"/healthz", "/readyz"})
PUSH = "/api/v1/push"


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a second of one caller; 0 is without a limit. One push holds any number of points."""

    reads: int = 500
    writes: int = 100
    pushes: int = 2_000

    def quotas(self) -> Mapping[str, Quota]:
        """By kind, those that are limited."""
        named = {"read": self.reads, "write": self.writes, "push": self.pushes}
        return {name: Quota(rate, rate * BURST_S) for name, rate in named.items() if rate}


class Limits:
    """Refuses (429) what comes too often, and tells everybody how much is left."""

    def __init__(self, app: ASGIApp, *, rates: Rates, clock: Clock) -> None:
        self._app, self._clock, self._quotas = app, clock, rates.quotas()
        self._full_at: dict[tuple[str, str], float] = {}
        self._policies = {
            name: f'"{name}";q={quota.burst};w={ceil(quota.window_s)}'.encode() for name, quota in self._quotas.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = _kind(scope)
        if kind not in self._quotas:
            await self._app(scope, receive, send)
            return
        now = self._clock.monotonic()
        taken = self._take(kind, _caller(scope), now)
        headers = (
            (b"ratelimit-policy", self._policies[kind]),
            (b"ratelimit", f'"{kind}";r={taken.left};t={ceil(max(taken.full_at - now, 0))}'.encode()),
        )

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        if taken.wait_s:
            problem = problem_of(_refusal(kind, self._quotas[kind], taken), request_id=scope["state"]["request_id"])
            await problem_response(problem)(scope, receive, answer)
            return
        await self._app(scope, receive, answer)

    def _take(self, kind: str, caller: str, now: float) -> Taken:
        known = self._full_at
        taken = take(self._quotas[kind], known.get((kind, caller), now), now)
        if len(known) >= CALLERS and (kind, caller) not in known:
            known = self._full_at = _busiest(known, now)
        known[kind, caller] = taken.full_at
        return taken


def _kind(scope: Scope) -> str:
    if scope["type"] != "http" or scope["path"] in FREE:
        return ""
    if scope["path"] == PUSH:
        return "push"
    return "read" if scope["method"] in READING or scope["path"].startswith(QUESTIONS) else "write"


def _caller(scope: Scope) -> str:
    known: str = scope.get("state", {}).get("caller", "")
    return known or (scope["client"][0] if scope.get("client") else "")


def _busiest(known: Mapping[tuple[str, str], float], now: float) -> dict[tuple[str, str], float]:
    """Without full buckets; if that is not enough, without that half of the others that is least empty."""
    busy = sorted(((at, name) for name, at in known.items() if at > now), reverse=True)
    return {name: at for at, name in busy[: CALLERS // 2]}


def _refusal(kind: str, quota: Quota, taken: Taken) -> Throttled:
    setting = {"read": "rate_reads", "write": "rate_writes", "push": "rate_pushes"}[kind]
    said = f"more than {quota.rate:g} requests a second of this kind ({kind}), and {quota.burst} at once"
    mend = f"wait as long as Retry-After says, or raise the setting {setting}"
    return Throttled(said, mend=mend, retry_after_s=taken.wait_s)
