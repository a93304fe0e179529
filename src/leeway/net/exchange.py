"""What goes out and what comes back: plain values around one HTTP exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `query` and `form` are pairs to be encoded; give a `form` or a `body`, not both.

    `repeatable` says that asking twice is harmless (a query sent by POST); GET and HEAD always are.
    """

    url: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False

    @property
    def may_repeat(self) -> bool:
        """True if a retry cannot do harm."""
        return self.repeatable or self.method in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds of each phase; dns, connect and tls are 0 on a connection used again. `first_byte_s` counts from the
    start of the exchange to the head of the answer, `total_s` to the end of its body."""

    dns_s: float = 0.0
    connect_s: float = 0.0
    tls_s: float = 0.0
    first_byte_s: float = 0.0
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` ignore case; `body` is decompressed; `certificate_expires` is in epoch seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str
    timings: Timings
    certificate_expires: float | None = None

    @property
    def content_type(self) -> str:
        """`type/subtype` in lower case, without parameters; "" if the server sent none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much: seconds to connect and in all, bytes of a (decompressed) body, how far it may swell."""

    connect_s: float = 10.0
    total_s: float = 30.0
    body_bytes: int = 16 << 20
    swell: int = 100
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Retries:
    """Full jitter: before try n + 1 wait a random part of min(cap_s, first_s × 2ⁿ), never less than Retry-After.

    A Retry-After above `cap_s` is not waited for: the caller gets the error and plans anew. `budget` retries may be
    saved up; each answer earns a tenth of one, so a source that is down costs at most a tenth more requests.
    """

    tries: int = 3
    first_s: float = 0.25
    cap_s: float = 5.0
    budget: float = 10.0
