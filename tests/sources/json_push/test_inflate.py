"""Compressed bodies come out whole, or not at all."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.errors import Invalid
from leeway.net import Outside
from leeway.sources.json_push import Settings, build, inflate

LIMITS = Settings()


@given(st.binary(max_size=5000), st.binary(max_size=100))
def test_gzip_comes_out_as_it_went_in(body, more):
    """One member or several after each other, as gzip itself has it."""
    assert inflate(gzip.compress(body), "gzip", LIMITS) == body
    assert inflate(gzip.compress(body) + gzip.compress(more), "GZIP", LIMITS) == body + more
    assert inflate(body, "", LIMITS) == inflate(body, "identity", LIMITS) == body


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_cut_or_changed_stream_is_never_taken_for_whole(body, data):
    """Half a body is refused, and a flipped bit is found by the checksum."""
    packed = gzip.compress(body, mtime=0)
    with pytest.raises(Invalid):
        inflate(packed[: data.draw(st.integers(1, len(packed) - 1))], "gzip", LIMITS)
    at = data.draw(st.integers(10, len(packed) - 1))  # the ten bytes of the header hold no data
    flipped = packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]
    with pytest.raises(Invalid):
        inflate(flipped, "gzip", LIMITS)


@pytest.mark.parametrize(
    ("size", "limits", "says"),
    [
        (20_000_000, Settings(), "grows by more than 100 times"),
        (20_000_000, Settings(max_ratio=10_000), "larger than 16,777,216 bytes"),
    ],
)
def test_a_bomb_is_refused_before_it_bursts(size, limits, says):
    """The output never passes the caps, whatever the input promises."""
    with pytest.raises(Invalid, match=says):
        inflate(gzip.compress(bytes(size)), "gzip", limits)


def test_the_cap_holds_without_compression():
    """A plain body over the cap is refused too."""
    with pytest.raises(Invalid, match="larger than 3 bytes"):
        inflate(b"1234", "", Settings(max_bytes=3))


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_other_encodings_are_refused_by_name(encoding):
    """What cannot be unpacked safely is not guessed at."""
    with pytest.raises(Invalid, match=r"Content-Encoding .* is not understood"):
        inflate(b"", encoding, LIMITS)


class Stopped:
    """A clock that nobody asks."""


def test_the_receiver_unpacks_and_decodes():
    """A request's raw body and two headers are all it needs."""
    receiver = build(LIMITS, Outside(Stopped()))
    body = gzip.compress(b'{"slo":"a","time":60,"good":1,"total":2}')
    assert len(receiver.decode(body, "application/json", "gzip")) == 1
    assert receiver.manifest.name == "json_push"
