"""Was the answer good, how long did it take, and what shall a person know of it?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from leeway.net import Answer, Timings
from leeway.sources.http_probe.query import Probe

_DAY_S = 86_400
_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and what came of it. `fault` is "" if it was good; without an answer there are no timings."""

    fault: str
    timings: Timings | None
    status: int | None
    certificate_expires: float | None
    digest: bytes

    @property
    def good(self) -> bool:
        """True if the answer was what was wanted."""
        return not self.fault


def answered(probe: Probe, answer: Answer) -> Attempt:
    """An attempt that was answered: good if status, words and time are all as wanted."""
    took_ms = answer.timings.total_s * 1000
    fault = ""
    if not any(low <= answer.status <= high for low, high in probe.status):
        fault = f"answered {answer.status}"
    elif probe.contains is not None and probe.contains.encode() not in answer.body:
        fault = f"the answer does not contain {probe.contains!r}"
    elif probe.latency_ms is not None and took_ms > probe.latency_ms:
        fault = f"took longer than {probe.latency_ms:g} ms"
    digest = hashlib.sha256(f"{answer.status}\n".encode() + answer.body).digest()
    return Attempt(fault, answer.timings, answer.status, answer.certificate_expires, digest)


def unanswered(fault: str) -> Attempt:
    """An attempt without a whole answer."""
    return Attempt(fault, None, None, None, hashlib.sha256(fault.encode()).digest())


def latency_ms(attempt: Attempt, probe: Probe) -> float:
    """How long the whole exchange took. What was not answered rightly counts as all the patience there was.

    A refused connection fails within a millisecond; if that were its latency, an outage would look fast.
    """
    patience_ms = probe.timeout_s * 1000
    return attempt.timings.total_s * 1000 if attempt.good and attempt.timings is not None else patience_ms


def digest(attempts: Sequence[Attempt]) -> str:
    """SHA-256 over what came back, in the order in which it was asked for."""
    return hashlib.sha256(b"".join(attempt.digest for attempt in attempts)).hexdigest()


def notes(attempts: Sequence[Attempt], probe: Probe, now: float) -> tuple[str, ...]:
    """Sentences for people: what failed and how often, where the time of the slowest went, the certificate's end."""
    faults = Counter(attempt.fault for attempt in attempts if not attempt.good)
    told = [f"{count} of {len(attempts)}: {fault}" for fault, count in faults.most_common(_MOST_FAULTS)]
    timed = [attempt for attempt in attempts if attempt.timings is not None]
    if timed:
        told.append(_slowest(max(timed, key=_total_s)))
    ends = [attempt.certificate_expires for attempt in attempts if attempt.certificate_expires is not None]
    if ends:
        days = (min(ends) - now) / _DAY_S
        warning = f": renew it, fewer than {probe.certificate_days:g} are left" if days < probe.certificate_days else ""
        told.append(f"the certificate is valid for {days:.1f} more days{warning}")
    return tuple(told)


def _total_s(attempt: Attempt) -> float:
    return attempt.timings.total_s if attempt.timings is not None else 0.0


def _slowest(attempt: Attempt) -> str:
    timings = attempt.timings or Timings()
    phases = (
        ("look-up", timings.dns_s),
        ("connect", timings.connect_s),
        ("TLS", timings.tls_s),
        ("first byte after", timings.first_byte_s),
        ("in all", timings.total_s),
    )
    return f"slowest answer {attempt.status}: " + ", ".join(f"{name} {took * 1000:.1f} ms" for name, took in phases)
