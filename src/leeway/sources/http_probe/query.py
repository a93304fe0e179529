"""From the words of an SLO to the request that is made and what a good answer to it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yarl import URL

from leeway.errors import Invalid
from leeway.net import Request, parse_url
from leeway.ports.source import Metric, Role
from leeway.spec.nearest import did_you_mean

_KEYS = (
    "url",
    "method",
    "headers",
    "body",
    "status",
    "contains",
    "latency_ms",
    "timeout_s",
    "every",
    "certificate_days",
)
_WARN_DAYS = 14.0
_ENDLESS = 1e9
_METHODS = ("GET", "HEAD", "OPTIONS", "POST")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect", "te"})
_STATUS = re.compile(r"([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Probe:
    """One request, how often it is made, and what a good answer is.

    `status` holds ranges with both ends included. `latency_ms` is for the whole exchange, look-up and handshakes
    included; exactly that long is still good. `every_s` None is once per step.
    """

    request: Request
    timeout_s: float
    status: tuple[tuple[int, int], ...] = ((200, 399),)
    contains: str | None = None
    latency_ms: float | None = None
    every_s: float | None = None
    certificate_days: float = _WARN_DAYS

    def __str__(self) -> str:
        status = ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in self.status)
        text = f"{self.request.method} {self.request.url} answers {status} within {self.timeout_s:g} s"
        if self.latency_ms is not None:
            text += f", good within {self.latency_ms:g} ms"
        return text + (f", contains {self.contains!r}" if self.contains is not None else "")


def understand(metrics: tuple[Metric, ...], site: str, timeout_s: float) -> Probe:
    """The one probe behind all metrics of an SLI: good, bad and total, or a value, which is the latency.

    The words of all metrics are taken together; what two of them say differently is refused, because good of one probe
    is no part of another. Raises Invalid, naming the key at fault.
    """
    spec: dict[str, Any] = {}
    for metric in metrics:
        for key, told in metric.spec.items():
            if spec.setdefault(key, told) != told:
                raise _wrong(key, "differs between the metrics of one SLI", "write it once, or the same at each")
    for key in spec:
        if key not in _KEYS:
            raise _wrong(key, "is not known to HTTP probes", did_you_mean(key, _KEYS) or f"known: {', '.join(_KEYS)}")
    days = _number(spec, "certificate_days", 0.0)
    probe = Probe(
        _request(spec, site),
        min(_number(spec, "timeout_s") or timeout_s, timeout_s),
        _status(spec.get("status", "200-399")),
        _contains(spec),
        _number(spec, "latency_ms"),
        _number(spec, "every", 1.0),
        _WARN_DAYS if days is None else days,
    )
    _fits(probe, metrics)
    return probe


def _fits(probe: Probe, metrics: tuple[Metric, ...]) -> None:
    roles = {metric.role for metric in metrics}
    if Role.RAW in roles:
        raise Invalid("a probe has no ratio of its own", place="metrics", mend="ask it for good and total")
    if Role.VALUE in roles and probe.every_s is not None:
        raise _wrong(
            "every", "gives many latencies per step, and their mean is nobody's", "use latency_ms and good/total"
        )
    if Role.VALUE in roles and probe.latency_ms is not None:
        raise _wrong("latency_ms", "judges the latency that is asked for", "leave it to the objective's threshold")


def _request(spec: Mapping[str, Any], site: str) -> Request:
    method = spec.get("method", "GET")
    if method not in _METHODS:
        raise _wrong("method", "is not known", f"use {', '.join(_METHODS)}")
    body = spec.get("body", "")
    if not isinstance(body, str) or (body and method != "POST"):
        raise _wrong("body", "is no text, or the method has none", "write a text and method: POST")
    if "contains" in spec and method == "HEAD":
        raise _wrong("contains", "cannot be seen in an answer to HEAD", "use method: GET")
    return Request(_url(spec.get("url", ""), site), method, body=body.encode(), headers=_headers(spec.get("headers")))


def _url(told: Any, site: str) -> str:
    if not isinstance(told, str):
        raise _wrong("url", "is no text", "write it as in https://shop.example/health")
    if not told and not site:
        raise _wrong("url", "is missing", "write it as in https://shop.example/health")
    if site and (not told or told.startswith("/")):
        told = site.rstrip("/") + told
    url = parse_url(told, "metricSource.spec.url")
    if site and url.origin() != URL(site).origin():
        mend = f"the source is for {URL(site).origin()}; define another source for another site"
        raise _wrong("url", f"leads to {url.origin()}", mend)
    return str(told)


def _headers(told: Any) -> dict[str, str]:
    if told is None:
        return {}
    if not isinstance(told, Mapping):
        raise _wrong("headers", "is no mapping", "write name: text")
    for name, text in told.items():
        place = f"headers.{name}"
        if not isinstance(name, str) or not _TOKEN.fullmatch(name) or name.lower() in _OURS:
            raise _wrong(place, "is no header that a probe can set", "leave it out")
        if name.lower() in _SECRET:
            raise _wrong(place, "holds a secret", "name it in the source's settings, as {env: NAME} or {file: path}")
        if not isinstance(text, str) or not text.isprintable():
            raise _wrong(place, "is no text on one line", "write it in quotes")
    return dict(told)


def _status(told: Any) -> tuple[tuple[int, int], ...]:
    ranges = []
    for one in told if isinstance(told, list | tuple) else [told]:
        found = _STATUS.fullmatch(str(one).replace(" ", "")) if isinstance(one, int | str) else None
        low, high = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if low > high:
            raise _wrong("status", f"{str(one)[:20]!r} is no status", "write 200, 200-399 or a list of these")
        ranges.append((low, high))
    if not ranges:
        raise _wrong("status", "is empty", "write 200, 200-399 or a list of these")
    return tuple(ranges)


def _contains(spec: Mapping[str, Any]) -> str | None:
    told = spec.get("contains")
    if told is not None and (not isinstance(told, str) or not told):
        raise _wrong("contains", "is no text", "write the words that a good answer holds")
    return told


def _number(spec: Mapping[str, Any], key: str, least: float = 0.001) -> float | None:
    told = spec.get(key)
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float | Decimal) or not least <= told < _ENDLESS:
        raise _wrong(key, "is no number in range", f"write a number from {least:g} on")
    return float(told)


def _wrong(key: str, message: str, mend: str) -> Invalid:
    return Invalid(message, place=f"metricSource.spec.{key}", mend=mend)
