"""A detector for traffic so low that windows are the wrong tool: it adds up evidence for as long as there is some.

At each minute with events it asks how much better "the share of bad events is p1" explains them than "it is b", the
budget's, for several p1 at once, and counts from every minute on: M ← (1 + M) × (p1/b)^bad × ((1−p1)/(1−b))^good
(A. Shiryaev, 1963; S. Roberts, 1966), averaged over the p1. It alarms when the average reaches the threshold A, and
begins anew.

Theorem. If, given the past, no event is bad with a chance above b, then in any n minutes with events there are n / A
alarms or fewer in expectation. Proof: the factor of a minute has, given the past, a mean of 1 or less, because it grows
with the bad events and its mean is exactly 1 at b. So E[M_t | past] ≤ 1 + M_(t−1); an alarm takes A or more away. So
the sum of M and of what alarms took grows by 1 a minute at most, and M ≥ 0.
(J. Shin, A. Ramdas and A. Rinaldo: E-detectors, 2023, doi 10.51387/23-NEJSDS51.)

It needs neither a model of the traffic nor errors that come evenly; fractions of events are allowed (the factor is
convex in them). It does not hold for errors in clusters that pass b for a while: those are incidents, and it alarms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leeway.core.points import Floats

Flags = NDArray[np.bool_]

BURNS = (2.0, 5.0, 14.4, 36.0)
SHARES = (0.5, 0.9)
ALLOWED = 0.75
"""False pages in 90 days that the detector may have; see `leeway.core.sparse.alpha.ALLOWED`."""

FIRST = 128
"""Minutes that `run` looks at together after an alarm; twice as many each time there is none."""


def threshold(busy_minutes_a_day: ArrayLike, *, days: float = 90.0, allowed: float = ALLOWED) -> Floats:
    """The A with which a service exactly on target alarms falsely `allowed` times in so many days at most."""
    return np.maximum(1.0, np.asarray(busy_minutes_a_day, np.float64) * days / allowed)


@dataclass(frozen=True, slots=True)
class Detector:
    """For one or many objectives: what a bad and a good event weigh (alternatives × objectives), and A of each.

    Its state is `evidence`, as many floats an objective as there are alternatives, all 0 at the start.
    """

    bad_weight: Floats
    good_weight: Floats
    threshold: Floats

    @classmethod
    def of(cls, share: ArrayLike, threshold: ArrayLike) -> Detector:
        """Alternatives are 2, 5, 14.4 and 36 times the budget's share b, .5 and .9; never b or less, nor above .9."""
        b, a = np.broadcast_arrays(np.atleast_1d(np.asarray(share, np.float64)), np.asarray(threshold, np.float64))
        highest = np.maximum(SHARES[-1], (1 + b) / 2)
        raised = np.minimum(np.stack([*(burn * b for burn in BURNS), *(np.full_like(b, p) for p in SHARES)]), highest)
        p1 = np.where(raised > b, raised, highest)
        return cls(np.log(p1 / b), np.log((1 - p1) / (1 - b)), np.array(a))

    def start(self) -> Floats:
        """Nothing seen."""
        return np.zeros_like(self.bad_weight)

    def step(self, evidence: Floats, bad: ArrayLike, total: ArrayLike) -> tuple[Floats, Flags]:
        """One minute of all objectives: the evidence after it, and who alarms. Without events nothing changes."""
        k, n = np.asarray(bad, np.float64), np.asarray(total, np.float64)
        after = np.where(n > 0, (1 + evidence) * np.exp(k * self.bad_weight + (n - k) * self.good_weight), evidence)
        alarms = (n > 0) & (after.sum(axis=0) >= self.threshold * len(after))
        return np.where(alarms, 0.0, after), alarms

    def level(self, evidence: Floats) -> Floats:
        """How far each is on the way to an alarm: 1 is one. For `why`: "evidence 0.04 of what pages"."""
        return np.asarray(evidence.mean(axis=0) / self.threshold, np.float64)

    def run(self, evidence: Floats, bad: ArrayLike, total: ArrayLike) -> tuple[Floats, Flags]:
        """The minutes of one objective's past, as `step` after `step`, many at a time."""
        k, n = np.asarray(bad, np.float64), np.asarray(total, np.float64)
        busy = np.flatnonzero(n > 0)
        k, n = k[busy], n[busy]
        alarms, now = np.zeros(len(np.asarray(bad)), np.bool_), evidence[:, 0]
        begin, width = 0, FIRST
        while begin < len(busy):
            some = slice(begin, begin + width)
            logs = self._course(now, k[some], n[some])
            over = np.flatnonzero(logs.max(axis=0) >= np.log(self.threshold[0]))  # no mean is above its largest part
            over = over[np.logaddexp.reduce(logs[:, over], axis=0) >= np.log(self.threshold[0] * len(logs))]
            if len(over):
                alarms[busy[begin + over[0]]] = True
                begin, width, now = begin + int(over[0]) + 1, FIRST, np.zeros_like(now)
            else:
                begin, width, now = begin + logs.shape[1], width * 2, np.exp(logs[:, -1])
        return now[:, None], alarms

    def _course(self, now: Floats, bad: Floats, total: Floats) -> Floats:
        """Logarithms of the evidence after each minute, without alarms: products and sums of all starts before it."""
        factors = np.cumsum(bad * self.bad_weight[:, :1] + (total - bad) * self.good_weight[:, :1], axis=1)
        starts = np.concatenate((np.log1p(now)[:, None], -factors[:, :-1]), axis=1)
        return np.asarray(factors + np.logaddexp.accumulate(starts, axis=1), np.float64)
