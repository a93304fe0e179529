"""A backtest from definitions and a table of points, with no server and no store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from leeway.core.alerting.policy import Policy
from leeway.core.alerting.sums import PastSums
from leeway.core.objective import DAY_S
from leeway.core.points import Ints
from leeway.core.sparse.guard import Guards
from leeway.core.tally import units
from leeway.engine.offline import Case, Past, cases_of, quarantined, unknown_slos
from leeway.engine.report import rfc3339
from leeway.errors import Invalid
from leeway.formats.points import Refused, Table
from leeway.lab.backtest import Alert, backtest
from leeway.lab.reasons import reasons
from leeway.spec.alert_words import group_words
from leeway.spec.annotations import settings
from leeway.spec.documents import SLO
from leeway.spec.library import Library
from leeway.spec.plan import Plan
from leeway.spec.policies import policies_for

HOUR_S, WEEK_S, HISTORY_S = 3_600, 7 * DAY_S, 28 * DAY_S


@dataclass(frozen=True, slots=True)
class Told:
    """One alert of one objective, with all that a reader needs; times are epoch seconds."""

    slo: str
    objective: str
    alert: Alert
    condition: str
    consumed_ratio: float | None
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """As `leeway backtest -o json` prints it."""
        episode, suppression = self.alert.episode, self.alert.suppressed_by
        return {
            "slo": self.slo,
            "objective": self.objective,
            "policy": episode.policy.name,
            "condition": self.condition,
            "severity": self.alert.severity.value,
            "fired_at": rfc3339(episode.fired_at),
            "sent_at": None if self.alert.sent_at is None else rfc3339(self.alert.sent_at),
            "resolved_at": None if episode.resolved_at is None else rfc3339(episode.resolved_at),
            "budget_consumed_ratio_at_fire": self.consumed_ratio,
            "suppressed_by": suppression.value if suppression else None,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All alerts in the order of firing. `judged` are how many objectives had data; the rest as offline.Result."""

    told: tuple[Told, ...]
    objectives: int
    judged: int
    start: int | None
    end: int | None
    quarantined: tuple[Refused, ...]
    unknown_slos: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """As `leeway backtest -o json` prints it."""
        sent = Counter(one.alert.severity.value for one in self.told if one.alert.suppressed_by is None)
        kept = Counter(one.alert.suppressed_by.value for one in self.told if one.alert.suppressed_by is not None)
        return {
            "alerts": [one.as_json() for one in self.told],
            "summary": {
                "objectives": self.objectives,
                "with_data": self.judged,
                "start": None if self.start is None else rfc3339(self.start),
                "end": None if self.end is None else rfc3339(self.end),
                "pages": sent["page"],
                "tickets": sent["ticket"],
                "suppressed": dict(sorted(kept.items())),
            },
        }


def run(plans: Sequence[Plan], library: Library, table: Table, *, step_s: int) -> Report:
    """Every objective's policies over all its rows.

    Raises Invalid as `leeway.engine.offline.evaluate`, and for slices of a day or longer: their sums depend on the
    window that holds them.
    """
    cases = cases_of(plans, table, step_s)
    end = max((case.end for case in cases), default=0) + step_s
    slos = {slo.metadata.name: slo for slo in library.slos}
    told: list[Told] = []
    births = []
    for case in cases:
        if (case.objective.slice_s or step_s) >= DAY_S:
            raise Invalid(
                f"SLO {case.slo}: slices or steps of a day or longer have no past of their own to try alerts on",
                mend="leave this SLO out, or choose shorter ones",
            )
        past = case.past(end)
        if past.born is not None:
            births.append(past.born)
            told += _tell(case, past, past.born, slos[case.slo], library, end, step_s)
    told.sort(key=lambda one: one.alert.episode.fired_at)
    start, last = (min(births), end) if births else (None, None)
    lines = quarantined(cases, table)
    return Report(tuple(told), len(cases), len(births), start, last, lines, unknown_slos(plans, table))


def _tell(case: Case, past: Past, born: int, slo: SLO, library: Library, end: int, step_s: int) -> Iterator[Told]:
    policies = policies_for(slo, case.objective, library)
    horizon_s = settings(slo.metadata.annotations).human_horizon_s
    at = np.arange(born + step_s, end + step_s, step_s)
    sums = PastSums.of(
        case.objective,
        past.track,
        at,
        born=born,
        step_s=step_s,
        scale=case.scale,
        reach_s=max((each for policy in policies for each in policy.spans_s), default=0) + HOUR_S,
        guards=_guards(case, past, born, at, policies),
    )
    for alert in backtest(policies, sums, at, horizon_s):
        then = sums.one(int(np.searchsorted(at, alert.episode.fired_at)))
        spent = then.spent(None)
        group = alert.episode.policy.groups[alert.episode.group]
        yield Told(
            case.slo,
            case.objective.name,
            alert,
            group_words(group),
            float(spent.at(0)) if spent.whole[0] else None,
            reasons(alert, then),
        )


def _guards(case: Case, past: Past, born: int, at: Ints, policies: Sequence[Policy]) -> Guards | None:
    """What a running server would have measured each week: alpha from the traffic (here: of the last four weeks), rho
    from the four weeks before."""
    pairs = list(dict.fromkeys(pair for policy in policies for pair in policy.pairs))
    if not pairs:
        return None
    from leeway.core.sparse.measure import Traffic, clustering  # late: most tables' SLOs name policies of their own

    step_s, track = case.objective.slice_s or int(at[0]) - born, past.track
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
    guards = Guards.of([traffic.guard(rho) for rho in rhos])
    now = np.minimum((at - born) // WEEK_S, len(rhos) - 1)
    return guards[now]
