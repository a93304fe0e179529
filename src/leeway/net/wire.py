"""One exchange over aiohttp: guarded look-up, guarded socket, timings, the peer's certificate, a capped body."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from leeway.errors import LeewayError
from leeway.net.body import read_body
from leeway.net.egress import Egress
from leeway.net.exchange import Answer, Limits, Timings
from leeway.net.failure import error_of_failure
from leeway.net.redact import Redaction
from leeway.net.tls import Tls, handshake_began
from leeway.ports.clock import Clock
from leeway.version import VERSION

USER_AGENT = f"leeway/{VERSION}"


class Wire:
    """Connections under one policy. `fresh` shares none of them, and no look-up, between exchanges."""

    def __init__(
        self,
        egress: Egress,
        clock: Clock,
        tls: Tls,
        limits: Limits,
        redaction: Redaction,
        *,
        fresh: bool,
        resolver: AbstractResolver | None,
    ) -> None:
        self._egress = egress
        self._clock = clock
        self._context = tls.context()
        self._limits = limits
        self._redaction = redaction
        self._fresh = fresh
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def exchange(self, method: str, url: URL, headers: Mapping[str, str], data: Any, place: str) -> Answer:
        """A whole answer of any status, or an error of the tree."""
        self._egress.judge_url(url)
        marks = _Marks(self._clock)
        token = handshake_began.set(marks.handshake_began)
        try:
            async with self._opened().request(
                method, url, headers=headers, data=data, allow_redirects=False, trace_request_ctx=marks
            ) as response:
                first_byte_s = marks.since_start()
                coding = response.headers.get("Content-Encoding", "")
                body = await read_body(response.content.iter_chunked(1 << 16), coding, self._limits, place)
                timings = marks.timings(first_byte_s)
                expires = response.certificate_expires if isinstance(response, _Response) else None
                return Answer(response.status, response.headers, body, str(response.url), timings, expires)
        except LeewayError:
            raise
        except (aiohttp.ClientError, OSError, ValueError) as failure:  # a TimeoutError is an OSError
            raise error_of_failure(failure, place, self._redaction) from None
        finally:
            handshake_began.reset(token)

    async def close(self) -> None:
        """Ends all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=self._context,
                resolver=_Guarded(self._resolver or aiohttp.ThreadedResolver(), self._egress),
                use_dns_cache=not self._fresh,
                force_close=self._fresh,
                limit_per_host=0 if self._fresh else 8,
                socket_factory=self._socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
                timeout=aiohttp.ClientTimeout(total=self._limits.total_s, sock_connect=self._limits.connect_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # read_body does it, with a cap
                response_class=_Response,
                trace_configs=[_tracing()],
            )
            if self._fresh:  # aiohttp asks GET and PUT again after a hang-up, in case a kept connection had died
                self._session._retry_connection = False  # noqa: SLF001  it has no public word for that
        return self._session

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = info
        self._egress.judge_socket(address[0])
        return socket.socket(family, kind, protocol)


class _Guarded(AbstractResolver):
    """Judges what a name resolves to; the connection then goes to these very addresses, so nothing can be rebound."""

    def __init__(self, inner: AbstractResolver, egress: Egress) -> None:
        self._inner = inner
        self._egress = egress

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for entry in found:
            self._egress.judge(host, port, entry["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


class _Response(aiohttp.ClientResponse):
    """Reads the certificate's end while the connection is certainly open."""

    certificate_expires: float | None = None

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        tls = connection.transport.get_extra_info("ssl_object") if connection.transport else None
        certificate = tls.getpeercert() if tls is not None else None
        if certificate:
            self.certificate_expires = float(ssl.cert_time_to_seconds(certificate["notAfter"]))
        return await super().start(connection)


class _Marks:
    """Moments of one exchange on the monotonic clock."""

    __slots__ = ("_clock", "_connect_s", "_dns_began", "_dns_s", "_start", "_tcp_began", "_tls_began", "_tls_s")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.monotonic()
        self._dns_began = self._tcp_began = self._tls_began = 0.0
        self._dns_s = self._connect_s = self._tls_s = 0.0

    def since_start(self) -> float:
        return self._clock.monotonic() - self._start

    def dns_began(self) -> None:
        self._dns_began = self._clock.monotonic()

    def dns_ended(self) -> None:
        self._dns_s = self._clock.monotonic() - self._dns_began

    def connecting_began(self) -> None:
        self._tcp_began = self._clock.monotonic()

    def handshake_began(self) -> None:
        self._tls_began = self._clock.monotonic()

    def connecting_ended(self) -> None:
        now = self._clock.monotonic()
        self._tls_s = now - self._tls_began if self._tls_began else 0.0
        self._connect_s = now - self._tcp_began - self._dns_s - self._tls_s

    def timings(self, first_byte_s: float) -> Timings:
        return Timings(self._dns_s, self._connect_s, self._tls_s, first_byte_s, self.since_start())


def _tracing() -> aiohttp.TraceConfig:
    """aiohttp's own events, each told to the marks of its request; connecting spans look-up, TCP and TLS."""
    trace = aiohttp.TraceConfig()
    for signal, mark in (
        (trace.on_dns_resolvehost_start, _Marks.dns_began),
        (trace.on_dns_resolvehost_end, _Marks.dns_ended),
        (trace.on_connection_create_start, _Marks.connecting_began),
        (trace.on_connection_create_end, _Marks.connecting_ended),
    ):
        signal.append(_telling(mark))
    return trace


def _telling(mark: Any) -> Any:
    async def tell(_session: object, context: Any, _event: object) -> None:
        mark(context.trace_request_ctx)

    return tell
