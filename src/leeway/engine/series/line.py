"""One series over the moments of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats
from leeway.engine.series.language import Matcher

Labels = tuple[tuple[str, str], ...]
"""By name; a label without a value is none."""

NAME = "__name__"


@dataclass(frozen=True, slots=True)
class Line:
    """`values` by moment, `here` tells where there is one: NaN can be a value."""

    labels: Labels
    values: Floats
    here: NDArray[np.bool_]


def labels_of(pairs: Sequence[tuple[str, str]]) -> Labels:
    """Of these that have a value."""
    return tuple(sorted((name, value) for name, value in pairs if value))


def fits(labels: Labels, matchers: Sequence[Matcher]) -> bool:
    """Every matcher matches."""
    held = dict(labels)
    return all(one.matches(held.get(one.label, "")) for one in matchers)
