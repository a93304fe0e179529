"""What guards against chance would have been in the past: the same measures as a running server takes each week."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from leeway.core.alerting.policy import Policy
from leeway.core.objective import DAY_S
from leeway.core.points import Ints
from leeway.core.sparse.guard import Guards
from leeway.core.tally import units
from leeway.engine.offline import Case, Past

WEEK_S, HISTORY_S = 7 * DAY_S, 28 * DAY_S


def guards(case: Case, past: Past, at: Ints, policies: Iterable[Policy], step_s: int) -> Guards | None:
    """Of each moment: alpha from the traffic (here: of the last four weeks), rho from the four weeks before.

    None if no policy is guarded at all, or nothing is known.
    """
    pairs = list(dict.fromkeys(pair for policy in policies for pair in policy.pairs))
    if not pairs or past.born is None:
        return None
    from leeway.core.sparse.measure import Traffic, clustering  # late: most tables' SLOs name policies of their own

    step_s, track, born = case.objective.slice_s or step_s, past.track, past.born
    first = born - born % step_s
    place, quanta = (track.start - first) // step_s, units(case.objective.method, case.scale)
    bad, total = (np.zeros((int(at[-1]) - first) // step_s + 1) for _ in range(2))
    np.add.at(bad, place, np.diff(track.bad) / quanta.bad)
    np.add.at(total, place, np.diff(track.total) / quanta.total)
    traffic = Traffic.of(total[-HISTORY_S // step_s :], pairs, float(case.objective.allowed_share), step_s=step_s)
    if not traffic.sparse:
        return Guards.of([traffic.guard()])[np.zeros(len(at), np.intp)]
    week, weeks = WEEK_S // step_s, range(0, len(total), WEEK_S // step_s)
    rhos = [clustering(*(each[max(0, one - 4 * week) : one] for each in (bad, total)), step_s=step_s) for one in weeks]
    found = Guards.of([traffic.guard(rho) for rho in rhos])
    now = np.minimum((at - born) // WEEK_S, len(rhos) - 1)
    return found[now]
