"""Spans of time without a row: what is not known, which is neither good nor bad."""

from __future__ import annotations

import numpy as np

from leeway.core.points import Ints
from leeway.core.window import Span


def gaps(time: Ints, span: Span, step_s: int, most: int) -> tuple[Span, ...]:
    """The longest spans of `span` that no row of these ascending times covers, longest first, at most so many.

    >>> gaps(np.array([60, 180]), Span(0, 300), 60, 9)
    (Span(start=0, end=60), Span(start=120, end=180), Span(start=240, end=300))
    """
    inside = time[(time >= span.start) & (time < span.end)]
    starts = np.concatenate(([span.start], inside + step_s))
    ends = np.concatenate((inside, [span.end]))
    lengths = ends - starts
    longest = np.argsort(-lengths, kind="stable")[:most]
    return tuple(Span(int(starts[at]), int(ends[at])) for at in longest if lengths[at] > 0)
