"""From the server's bytes to series of samples; whatever is not exactly what the API promises is an error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np

from leeway.core.histogram import Histogram
from leeway.core.points import Floats, Ints
from leeway.errors import LeewayError, NotUnderstood, Permanent, Transient
from leeway.sources.prometheus.native_answer import Native, histogram_of

_PASSING = frozenset({"timeout", "canceled", "internal", "unavailable"})


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its labels, and its samples by time in epoch milliseconds. Values may be NaN or infinite.

    Samples of a native histogram are in `histograms`; their values are how much each has counted.
    """

    labels: Mapping[str, str]
    time_ms: Ints
    value: Floats
    histograms: tuple[Histogram, ...] = ()

    def at(self, time_ms: int) -> Series:
        """The same values, said to be of this moment: for an answer whose time is that of the question."""
        return replace(self, time_ms=np.full(len(self.value), time_ms, np.int64))


class _One(msgspec.Struct):
    metric: dict[str, str] = {}
    value: tuple[float, str] | None = None
    values: list[tuple[float, str]] | None = None
    histogram: tuple[float, Native] | None = None
    histograms: list[tuple[float, Native]] | None = None


class _Data(msgspec.Struct, rename="camel"):
    result_type: str
    result: msgspec.Raw


class _Envelope(msgspec.Struct, rename="camel"):
    status: str
    data: _Data | None = None
    error_type: str = ""
    error: str = ""
    warnings: list[str] = []


def decode(body: bytes, content_type: str, wanted: str, *, native: bool = False) -> tuple[Series, ...]:
    """The series of one answer of the type `wanted` (vector or matrix; a scalar is a vector without labels).

    With `native` they are native histograms, and nothing else. NotUnderstood for anything else; Transient for a partial
    answer, since what is missing cannot be told from zero.
    """
    if content_type != "application/json":
        raise NotUnderstood(f"the answer is {content_type[:60] or 'of no type'}, not JSON", mend="check the address")
    data = _data(_read(body, _Envelope))
    if data.result_type == "scalar" and wanted == "vector":
        return _series([_One(value=_read(bytes(data.result), tuple[float, str]))], native=native)
    if data.result_type != wanted:
        raise NotUnderstood(f"the answer is a {data.result_type[:20]!r}, not a {wanted}")
    return _series(_read(bytes(data.result), list[_One]), native=native)


def _data(envelope: _Envelope) -> _Data:
    if envelope.status != "success":
        raise _refusal(envelope)
    if envelope.warnings:
        raise Transient(
            f"the answer may be partial: {'; '.join(envelope.warnings)[:300]}",
            mend="nothing was taken from it; look at the server's stores",
        )
    if envelope.data is None:
        raise NotUnderstood("the answer has no data")
    return envelope.data


def _refusal(envelope: _Envelope) -> LeewayError:
    message = f"the server says {envelope.error_type[:40]}: {envelope.error[:300]}"
    return Transient(message) if envelope.error_type in _PASSING else Permanent(message, mend="try the query by hand")


def _read(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotUnderstood(f"this is not what the API of Prometheus answers: {str(error)[:200]}") from None


def _series(found: list[_One], *, native: bool) -> tuple[Series, ...]:
    series = []
    for one in found:
        held = one.histograms or ([] if one.histogram is None else [one.histogram])
        if bool(held) != native or (native and (one.values or one.value)):
            raise _mixed(native=native)
        if native:
            series.append(_native(one.metric, held))
            continue
        if (one.value is None) == (one.values is None):
            raise NotUnderstood("a series of the answer has no samples")
        pairs = one.values if one.values is not None else [one.value]
        try:
            time = np.array([round(pair[0] * 1000) for pair in pairs if pair], np.int64)
            value = np.array([float(pair[1]) for pair in pairs if pair], np.float64)
        except (ValueError, OverflowError):
            raise NotUnderstood("a sample of the answer is no number") from None
        if len(time):
            series.append(Series(one.metric, time, value))
    return tuple(series)


def _native(labels: dict[str, str], samples: list[tuple[float, Native]]) -> Series:
    time = np.array([round(at * 1000) for at, _ in samples], np.int64)
    histograms = tuple(histogram_of(each) for _, each in samples)
    return Series(labels, time, np.array([each.total for each in histograms], np.float64), histograms)


def _mixed(*, native: bool) -> NotUnderstood:
    if native:
        return NotUnderstood("the answer holds samples that are no native histograms", mend="choose other series")
    mend = "add `histogram: native` to count them at a threshold, or ask for histogram_count(…)"
    return NotUnderstood("the answer holds native histograms", mend=mend)


def shifted(date: float, ours: float, tolerated_s: float = 30.0) -> str:
    """A sentence about the server's clock if it is off; "" if it is not, or cannot be told."""
    off = date - ours
    if not math.isfinite(off) or abs(off) <= tolerated_s:
        return ""
    return f"the server's clock is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} ours"
