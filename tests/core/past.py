"""A past to try alert policies on: so many events a minute, so many of them bad."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from leeway.core.alerting.past import episodes
from leeway.core.alerting.sums import PastSums
from leeway.core.judge import judge
from leeway.core.objective import Method, Objective
from leeway.core.points import Points
from leeway.core.track import Track
from leeway.core.window import Rolling, Span

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def objective(target="0.999", window=None):
    """Occurrences, by default 99.9 % over 30 days."""
    return Objective("main", Method.OCCURRENCES, Fraction(target), window or Rolling(30 * DAY))


def sums_of(goal, total, bad, *, missing=(), reach_s=3 * DAY):
    """What conditions look at, at the end of every minute from time 0 on; `missing` minutes have no row."""
    time = np.arange(len(total)) * MINUTE
    there = ~np.isin(np.arange(len(total)), list(missing))
    points = Points(time[there], (total - bad)[there], total[there])
    end = len(total) * MINUTE
    track = Track.of(judge(goal, points, Span(0, end), born=int(points.time[0])), points.time)
    at = np.append(time[1:], end)
    born = int(points.time[0])
    return PastSums.of(goal, track, at, born=born, step_s=MINUTE, scale=1, reach_s=reach_s), at


def outage(minutes, begin, length, share, events=100_000):
    """Total and bad events: `share` of them bad for `length` minutes from minute `begin` on."""
    total, bad = np.full(minutes, events), np.zeros(minutes, np.int64)
    bad[begin : begin + length] = round(Fraction(share) * events)
    return total, bad


def fired(policies, goal, total, bad, **more):
    """All episodes."""
    return episodes(policies, *sums_of(goal, total, bad, **more))
