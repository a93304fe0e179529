"""Histograms as bytes: what a store keeps of one slice. Whatever their kind, many are counted at once.

The form, little-endian: version (1), kind, bytes per count, length of what follows (2 bytes); the shape; the counts by
ascending cell. Equal shapes are equal bytes, so histograms of one shape are counted as one matrix.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from leeway.core.histogram.cells import MOST_CELLS
from leeway.core.histogram.classic import Classic
from leeway.core.histogram.exponential import Exponential
from leeway.core.histogram.histogram import Histogram, Shape
from leeway.core.histogram.ladder import Ladder
from leeway.core.histogram.sketch import DDSketch
from leeway.core.points import Ints

VERSION = 1

LARGEST = 5 + 8 * (MOST_CELLS - 1) + 8 * MOST_CELLS
"""No packed histogram takes more bytes."""

_HEAD = struct.Struct("<BcBH")
_RUNGS = struct.Struct("<diiii")


def pack(histogram: Histogram) -> bytes:
    """As bytes. Raises ValueError for one that is not sound, or that has more than MOST_CELLS cells."""
    if not histogram.sound or len(histogram.counts) > MOST_CELLS:
        raise ValueError("only a sound histogram of bounded size is kept")
    kind, shape = _packed(histogram.shape)
    width = next((width for width in (1, 2, 4) if max(histogram.counts) < 256**width), 8)
    counts = np.array(histogram.counts, f"<u{width}").tobytes()
    return _HEAD.pack(VERSION, kind, width, len(shape)) + shape + counts


def unpack(packed: bytes) -> Histogram:
    """What `pack` made. Raises ValueError for anything else."""
    head = _head(packed)
    shape, width = _shape(head), head[2]
    counts = np.frombuffer(packed, f"<u{width}", offset=len(head))
    return Histogram(shape, tuple(counts.tolist()))


def counted(packed: Sequence[bytes], threshold: float) -> tuple[Ints, Ints]:
    """For each how many values are at most the threshold: certainly, and at most."""
    low, high = np.zeros(len(packed), np.int64), np.zeros(len(packed), np.int64)
    alike: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, each in enumerate(packed):
        alike[_head(each)].append(place)
    for head, places in alike.items():
        sure, maybe = _shape(head).cells().under(threshold)
        counts = np.frombuffer(b"".join([packed[place][len(head) :] for place in places]), f"<u{head[2]}")
        matrix = counts.reshape(len(places), -1)
        low[places] = matrix[:, sure].sum(axis=1, dtype=np.int64)
        high[places] = matrix[:, maybe].sum(axis=1, dtype=np.int64)
    return low, high


def around(packed: bytes, threshold: float) -> tuple[float, float] | None:
    """The edges of the bucket that the threshold lies inside of; None if it is an edge itself, or outside of all."""
    return _shape(_head(packed)).cells().around(threshold)


def _head(packed: bytes) -> bytes:
    """All before the counts; it says what they are counts of."""
    return packed[: _HEAD.size + packed[3] + 256 * packed[4]]


def _packed(shape: Shape) -> tuple[bytes, bytes]:
    match shape:
        case Classic(edges=edges):
            return b"c", struct.pack(f"<{len(edges)}d", *edges)
        case Exponential(scale=scale, rungs=rungs):
            return b"e", struct.pack("<b", scale) + _packed_rungs(rungs)
        case DDSketch(gamma=gamma, rungs=rungs):
            return b"d", struct.pack("<d", gamma) + _packed_rungs(rungs)
    raise TypeError(f"{shape!r} has no form in bytes")


def _packed_rungs(rungs: Ladder) -> bytes:
    ends = (rungs.negative.start, rungs.negative.stop, rungs.positive.start, rungs.positive.stop)
    return _RUNGS.pack(rungs.zero, *ends)


@lru_cache(maxsize=1024)
def _shape(head: bytes) -> Shape:
    version, kind, width, length = _HEAD.unpack_from(head)
    body = head[_HEAD.size :]
    if version != VERSION or width not in (1, 2, 4, 8) or len(body) != length:
        raise ValueError("this is no histogram of a form that is known here")
    match kind:
        case b"c":
            return Classic(struct.unpack(f"<{length // 8}d", body))
        case b"e":
            return Exponential(struct.unpack_from("<b", body)[0], _rungs(body[1:]))
        case b"d":
            return DDSketch(struct.unpack_from("<d", body)[0], _rungs(body[8:]))
    raise ValueError("this is no kind of histogram that is known here")


def _rungs(body: bytes) -> Ladder:
    zero, *ends = _RUNGS.unpack(body)
    return Ladder(range(*ends[:2]), zero, range(*ends[2:]))
