"""The body as it was before compression, without ever holding more than the caps allow."""

from __future__ import annotations

import zlib

from leeway.errors import Invalid
from leeway.sources.json_push.settings import Settings

_GZIP = 16 + zlib.MAX_WBITS
_RATIO_FREE = 64 * 1024
"""Bytes that may come out before the ratio is judged: a small body of zeros harms nobody."""


def inflate(body: bytes, encoding: str, limits: Settings) -> bytes:
    """The plain body of a request whose Content-Encoding is `encoding` (empty, identity or gzip).

    Several gzip members after each other are one body, as gzip itself has it. Raises Invalid for another encoding,
    for a stream that is damaged or cut off, and as soon as the output passes `max_bytes` or `max_ratio`.
    """
    match encoding.strip().lower():
        case "" | "identity":
            if len(body) > limits.max_bytes:
                raise _too_large(limits)
            return body
        case "gzip" | "x-gzip":
            return _gunzip(body, limits)
        case other:
            raise Invalid(
                f"Content-Encoding {other[:40]!r} is not understood", place="Content-Encoding", mend="send gzip or none"
            )


def _gunzip(body: bytes, limits: Settings) -> bytes:
    most = min(limits.max_bytes, max(_RATIO_FREE, len(body) * limits.max_ratio))
    whole = bytearray()
    rest = body
    while rest:
        member = zlib.decompressobj(_GZIP)
        try:
            whole += member.decompress(rest, most - len(whole) + 1)
        except zlib.error as error:
            raise Invalid(
                f"the gzip stream is damaged ({error})", place="body", mend="compress the whole body again"
            ) from error
        if len(whole) > most:
            raise _too_large(limits) if most == limits.max_bytes else _bomb(limits)
        if not member.eof:
            raise Invalid("the gzip stream is cut off", place="body", mend="send the whole body")
        rest = member.unused_data
    return bytes(whole)


def _too_large(limits: Settings) -> Invalid:
    return Invalid(f"the body is larger than {limits.max_bytes:,} bytes", place="body", mend="send smaller batches")


def _bomb(limits: Settings) -> Invalid:
    return Invalid(
        f"the body grows by more than {limits.max_ratio} times when unpacked",
        place="body",
        mend="send it uncompressed, or in smaller batches",
    )
