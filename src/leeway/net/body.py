"""Reads a body while it streams, and stops at the first byte too many: a small answer may unpack to gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from leeway.errors import NotUnderstood, Permanent, Unreachable
from leeway.net.exchange import Limits

_SMALL = 1 << 20  # below this no ratio is suspicious
_CODINGS = {"": False, "identity": False, "gzip": True, "x-gzip": True, "deflate": True}


async def read_body(chunks: AsyncIterator[bytes], coding: str, limits: Limits, place: str) -> bytes:
    """The decompressed body. Permanent if it is too large, Unreachable if it ends early, NotUnderstood if damaged."""
    packed = _CODINGS.get(coding.strip().lower())
    if packed is None:
        raise NotUnderstood(f"the answer is packed with {coding[:40]!r}, which was not asked for", place=place)
    body, received = bytearray(), 0
    unpack = zlib.decompressobj(wbits=47) if packed else None  # 47: gzip or zlib, told apart by its head
    async for chunk in chunks:
        received += len(chunk)
        while chunk:
            piece = chunk if unpack is None else _unpacked(unpack, chunk, limits.body_bytes - len(body) + 1, place)
            chunk = b"" if unpack is None else unpack.unconsumed_tail
            body += piece
            _guard(len(body), received, limits, place)
    if unpack is not None and received and not unpack.eof:
        raise Unreachable("the packed answer broke off", place=place)
    return bytes(body)


def _unpacked(unpack: zlib._Decompress, chunk: bytes, most: int, place: str) -> bytes:
    try:
        return unpack.decompress(chunk, max(most, 1))
    except zlib.error:
        raise NotUnderstood("the packed answer is damaged", place=place) from None


def _guard(size: int, received: int, limits: Limits, place: str) -> None:
    if size > limits.body_bytes:
        mend = "ask for a shorter span or fewer series, or raise the limit"
        raise Permanent(f"the answer is larger than {limits.body_bytes} bytes", place=place, mend=mend)
    if size > _SMALL and size > limits.swell * received:
        raise NotUnderstood(f"the answer unpacks to more than {limits.swell} times its size", place=place)
