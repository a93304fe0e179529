"""Surprise: whether the detector has alarmed lately, from the steps of the last days alone.

It begins anew at the midnight (UTC) three days before, so that what it says of a moment depends on the data and not on
when Leeway was started; beginning later only takes evidence away, so the bound of its false pages holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints
from leeway.core.sparse.detector import Detector

DAY_S = 86_400
LEAD_S = 3 * DAY_S

Flags = NDArray[np.bool_]


def begin(at: int) -> int:
    """From when on steps are asked for a moment."""
    return at // DAY_S * DAY_S - LEAD_S


@dataclass(frozen=True, slots=True)
class Steps:
    """The events of each step, from `first` on."""

    first: int
    step_s: int
    bad: Floats
    total: Floats

    def surprise(self, at: Ints, share: float, threshold: float, span_s: int) -> Flags:
        """For moments of one day: has the detector alarmed in a step that ended within the span before?"""
        detector = Detector.of(share, threshold)
        _, alarms = detector.run(detector.start(), self.bad, self.total)
        sums = np.concatenate(([0], np.cumsum(alarms)))
        now, then = ((time - self.first) // self.step_s for time in (at, np.maximum(self.first, at - span_s)))
        result: Flags = sums[now] > sums[then]
        return result
