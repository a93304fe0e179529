"""Native histograms, written to a real Prometheus and read back: what each step counted, through a restart."""

from __future__ import annotations

import asyncio
import struct
import urllib.request

import pytest
from tests.contract.sources.prometheus.test_real_prometheus import _prometheus, _SystemClock

from leeway.core.histogram import Exponential, Histogram
from leeway.core.histogram.ladder import Ladder
from leeway.core.window import Span
from leeway.errors import NotUnderstood
from leeway.net import Egress, Outside, read_settings
from leeway.ports.source import Ask, ComputedBy, Metric, Role
from leeway.sources.prometheus import Settings, build

pytestmark = [pytest.mark.server, pytest.mark.timeout(60)]

FLAGS = ("--enable-feature=native-histograms", "--web.enable-remote-write-receiver")


def _varint(number: int) -> bytes:
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _field(number: int, told: float | bytes) -> bytes:
    """A field of protobuf: a whole number, a double, or something with a length."""
    if isinstance(told, bytes):
        return _varint(number << 3 | 2) + _varint(len(told)) + told
    if isinstance(told, float):
        return _varint(number << 3 | 1) + struct.pack("<d", told)
    return _varint(number << 3) + _varint(told)


def _sample(at: int, schema: int, zeros: int, first: int, counts: list[int]) -> bytes:
    """A histogram of remote write 1.0: bucket i of Prometheus ends at base^i."""
    deltas = [after - before for before, after in zip([0, *counts], counts, strict=False)]
    span = _field(1, _zigzag(first)) + _field(2, len(counts))
    told = (_field(1, zeros + sum(counts)), _field(3, 1.0), _field(4, _zigzag(schema)), _field(5, 1e-128))
    buckets = _field(11, span) + _field(12, b"".join(_varint(_zigzag(delta)) for delta in deltas))
    return b"".join(told) + _field(6, zeros) + buckets + _field(15, at * 1000)


def _write(url, **series):
    whole = b""
    for instance, samples in series.items():
        labels = {"__name__": "latency", "instance": instance, "job": "shop"}
        told = b"".join(_field(1, _field(1, name.encode()) + _field(2, text.encode())) for name, text in labels.items())
        whole += _field(1, told + b"".join(_field(4, sample) for sample in samples))
    packed = _varint(len(whole)) + bytes([61 << 2]) + struct.pack("<H", len(whole) - 1) + whole  # snappy, all literal
    headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/api/v1/write", packed, headers), timeout=10) as answer:
        assert answer.status < 300


def _read(url, span, **spec):
    async def story():
        outside = Outside(_SystemClock(), Egress(frozenset({"127.0.0.1"})))
        source = build(read_settings(Settings, {"url": url}), outside)
        try:
            return await source.read(Ask((Metric(Role.VALUE, {"query": "latency", **spec}),), span, 60))
        finally:
            await source.close()

    return asyncio.run(story())


def test_native_histograms_are_counted_step_by_step(tmp_path):
    """Differences of what was written, summed over instances; a restart counts anew, another scale is joined."""
    now = int(_SystemClock().now()) // 60 * 60
    start = now - 240
    one = [
        _sample(start - 30, 3, 1, -12, [3, 4]),
        _sample(start + 30, 3, 2, -12, [6, 4, 0, 2]),
        _sample(start + 90, 3, 0, -12, [1]),
        _sample(start + 150, 2, 0, -6, [5, 9]),
    ]
    two = [_sample(start - 20, 3, 0, -12, [10]), _sample(start + 40, 3, 0, -12, [11])]
    with _prometheus(tmp_path, [], *FLAGS) as url:
        _write(url, a=one, b=two)
        reading = _read(url, Span(start, now), histogram="native")
        with pytest.raises(NotUnderstood, match="native histograms"):
            _read(url, Span(start, now))
    shape = Exponential(3, Ladder(range(0), 1e-128, range(-13, -9)))
    assert reading.time.tolist() == [start, start + 60, start + 120]
    first, second, third = reading.histograms
    assert first == Histogram(shape, (1, 4, 0, 0, 2))
    assert second.counts == (0, 1)
    assert third.shape.scale == 2
    assert third.counts == (0, 4, 9)
    assert first.at(first.shape.edge(-12)) == (5, 5)
    assert reading.provenance.computed_by is ComputedBy.LEEWAY
    assert any("1 counter resets" in note for note in reading.provenance.notes)
