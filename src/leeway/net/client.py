"""The one HTTP client. Every byte that Leeway asks the world for goes through it, so its guards cannot be forgotten."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from yarl import URL

from leeway.errors import Forbidden, LeewayError, NotUnderstood, Permanent, Transient
from leeway.net.auth import Credentials
from leeway.net.egress import Egress, parse_url
from leeway.net.exchange import Answer, Limits, Request, Retries
from leeway.net.outcome import error_of_status
from leeway.net.redact import Redaction
from leeway.net.tls import Tls
from leeway.ports.clock import Clock

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})
T = TypeVar("T")
Refusal = Callable[[Answer, str, Redaction, float], LeewayError]
"""The error for an answer that is not 2xx; takes its place, what is secret, and the time."""

_ANONYMOUS, _SYSTEM_TLS, _LIMITS, _RETRIES = Credentials(), Tls(), Limits(), Retries()


class Client:
    """One client for one source: its credentials, limits and connections. Use it on one event loop; cancel-safe.

    `fresh` makes a new look-up and a new connection for each request, as a probe must. `jitter` gives a number in
    [0, 1); `resolver` replaces the system's (it is guarded all the same). `refusal` is for a server whose statuses mean
    something of their own.
    """

    def __init__(
        self,
        egress: Egress,
        clock: Clock,
        *,
        credentials: Credentials = _ANONYMOUS,
        tls: Tls = _SYSTEM_TLS,
        limits: Limits = _LIMITS,
        retries: Retries = _RETRIES,
        fresh: bool = False,
        jitter: Callable[[], float] = random.random,
        resolver: AbstractResolver | None = None,
        refusal: Refusal = error_of_status,
    ) -> None:
        from leeway.net.wire import Wire  # late: aiohttp takes 0.2 s to load, and who is only pushed to needs none

        self.redaction = Redaction(credentials.secrets)
        self._clock = clock
        self._credentials = credentials
        self._limits = limits
        self._retries = retries
        self._jitter = jitter
        self._saved = retries.budget
        self._wire = Wire(egress, clock, tls, limits, self.redaction, fresh=fresh, resolver=resolver)
        self._refusal = refusal
        self._closed = False

    async def ask(self, request: Request) -> Answer:
        """A 2xx answer, or an error of the tree; what is Transient is tried again as `Retries` says."""
        tried = 0
        while True:
            try:
                answer = await self.send(request)
                if 200 <= answer.status < 300:
                    self._saved = min(self._retries.budget, self._saved + 0.1)
                    return answer
                raise self._refusal(answer, self._place(request), self.redaction, self._clock.now())
            except Transient as error:
                tried += 1
                wait = self._wait(error, tried) if request.may_repeat else None
                if wait is None:
                    raise
                await self._clock.sleep(wait)

    async def read(self, request: Request, reader: Callable[[Answer], T]) -> T:
        """As `ask`, and what the reader makes of the answer; an error of the reader is told with the place."""
        answer = await self.ask(request)
        try:
            return reader(answer)
        except LeewayError as error:
            error.place = error.place or self._place(request)
            raise

    async def send(self, request: Request) -> Answer:
        """One attempt, any status: an answer, or an error if there was none. Redirects stay on the same host."""
        place = self._place(request)
        if self._closed:
            raise Permanent("this client is closed", place=place)
        url = parse_url(request.url).extend_query(request.query)
        headers = {**request.headers, **{name: value.reveal() for name, value in self._credentials.headers}}
        data: bytes | None = request.body or None
        if request.form:
            data = urlencode(request.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method = request.method
        for _ in range(self._limits.redirects + 1):
            answer = await self._wire.exchange(method, url, headers, data, place)
            target = answer.headers.get("Location", "")
            if answer.status not in _REDIRECTS or not target or not self._limits.redirects:
                return answer
            url = _target(url, target, place)
            if answer.status not in _SAME_METHOD and method != "HEAD":
                method, data = "GET", None
                headers.pop("Content-Type", None)
        raise Permanent(f"more than {self._limits.redirects} redirects", place=place, mend="write its final address")

    async def close(self) -> None:
        """Ends all connections; further requests are an error."""
        self._closed = True
        await self._wire.close()

    def _wait(self, error: Transient, tried: int) -> float | None:
        """Seconds before the next try, or None if there shall be none."""
        retries = self._retries
        asked = error.retry_after_s or 0.0
        if tried >= retries.tries or asked > retries.cap_s or self._saved < 1:
            return None
        self._saved -= 1
        return max(asked, self._jitter() * min(retries.cap_s, retries.first_s * 2.0**tried))

    def _place(self, request: Request) -> str:
        """The address without its query, which may hold anything."""
        return self.redaction.text(f"{request.method} {request.url.partition('?')[0].partition('#')[0]}")


def _target(url: URL, target: str, place: str) -> URL:
    """Where a redirect leads, if that is the same host and no step down from https."""
    try:
        there = url.join(URL(target))
        same = there.host == url.host and (there.port == url.port or there.scheme != url.scheme)
    except ValueError:
        raise NotUnderstood("redirects to no address", place=place) from None
    if there.scheme not in {"http", "https"} or not same or (url.scheme == "https" and there.scheme == "http"):
        mend = "if that is right, write the other address in the source's settings"
        raise Forbidden(f"redirects to {there.scheme}://{there.host}, another host or scheme", place=place, mend=mend)
    return parse_url(str(there), place)
