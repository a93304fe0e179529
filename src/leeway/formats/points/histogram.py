"""A histogram in one field of a table: buckets as Prometheus counts them, or the bytes that a store keeps."""

from __future__ import annotations

import binascii
import struct
from itertools import accumulate

from leeway.core.histogram import Classic, Histogram, of_cumulative, pack, unpack

PACKED = "base64:"
"""How a histogram in bytes begins."""


NO_HISTOGRAM = "this is no histogram: write the counts up to each edge, as in 0.1:600 0.5:950 +Inf:1000"


def parse_histogram(text: str) -> Histogram | None:
    """Counts of values at most each edge, the last of which is +Inf; or bytes, as `write_histogram` writes other kinds.

    None for an empty field. Raises ValueError for anything else. One whose counts fall is not sound, but is read.

    >>> parse_histogram("0.1:600 0.25:850 +Inf:1000").counts
    (600, 250, 150)
    """
    try:
        return _parsed(text.strip())
    except (ValueError, IndexError, struct.error) as error:
        raise ValueError(NO_HISTOGRAM) from error


def write_histogram(histogram: Histogram) -> str:
    """As `parse_histogram` reads it: chosen edges as people write them, other kinds as bytes."""
    if not isinstance(histogram.shape, Classic):
        return PACKED + binascii.b2a_base64(pack(histogram), newline=False).decode()
    edges = (*map(repr, histogram.shape.edges), "+Inf")
    return " ".join(f"{edge}:{count}" for edge, count in zip(edges, accumulate(histogram.counts), strict=True))


def _parsed(text: str) -> Histogram | None:
    if not text:
        return None
    if text.startswith(PACKED):
        return unpack(binascii.a2b_base64(text.removeprefix(PACKED), strict_mode=True))
    pairs = [(float(edge), int(count)) for edge, _, count in (pair.partition(":") for pair in text.split())]
    if len(dict(pairs)) < len(pairs):
        raise ValueError("an edge stands twice")
    return of_cumulative(dict(pairs))
