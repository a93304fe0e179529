"""What receivers hand over: points that somebody sent, as columns, before they are checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints
from leeway.core.quality import Histograms


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not taken: its place in the batch (from 0), a stable reason and a sentence."""

    row: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class PushBatch:
    """Decoded rows. `series[i]` indexes `names`: the SLO's name, or `slo/objective`. `time` is epoch seconds.

    Ratio rows carry `good` and `total` (NaN in `value`), threshold rows `value` (NaN in the counts) or a histogram in
    its place; `histogram` is None where no row has one. `row` is each row's place in the batch as sent; `refused` holds
    the rows that could not be decoded.
    """

    names: tuple[str, ...]
    series: NDArray[np.int32]
    time: Ints
    good: Floats
    total: Floats
    value: Floats
    row: Ints
    refused: tuple[Refusal, ...] = ()
    histogram: Histograms | None = None

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a push: what was accepted, repeated (same key or same value before) and quarantined, by reason."""

    accepted: int
    repeated: int
    quarantined: tuple[tuple[str, int], ...]
    refusals: tuple[Refusal, ...]
    seq: int
