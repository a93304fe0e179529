"""One objective's past under every candidate: what is computed in a process of its own, and kept to go on later."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from leeway.core.alerting.decide import HORIZON_S
from leeway.core.alerting.policy import Policy, Severity
from leeway.core.alerting.sums import PastSums
from leeway.core.objective import DAY_S
from leeway.core.points import Ints
from leeway.engine.offline import Case
from leeway.errors import Invalid
from leeway.lab.backtest.alerts import Alert, alerts_of
from leeway.lab.backtest.guards import guards
from leeway.lab.backtest.incident import Incident, stretches
from leeway.lab.backtest.reasons import reasons
from leeway.lab.backtest.told import Told
from leeway.spec.alert_words import group_words
from leeway.version import VERSION

HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: alerts of all candidates in the order of firing, and the pieces in which the budget went.

    `born` is the time of the first row, None if there is none.
    """

    born: int | None
    told: tuple[Told, ...] = ()
    stretches: tuple[Incident, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """An objective with its rows until `end`, the policies of each candidate by its name, and what people got of it.

    What comes before `since` is only learnt from: no condition looks at it as it ends.
    """

    case: Case
    candidates: dict[str, tuple[Policy, ...]]
    end: int
    step_s: int
    horizon_s: int = HORIZON_S
    present: tuple[Told, ...] = ()
    since: int = 0

    def __post_init__(self) -> None:
        if (self.case.objective.slice_s or self.step_s) >= DAY_S:
            raise Invalid(
                f"SLO {self.case.slo}: slices or steps of a day or longer have no past of their own to try alerts on",
                mend="leave this SLO out, or choose shorter ones",
            )

    @property
    def key(self) -> str:
        """The same for the same rows, the same policies and the same Leeway, and for nothing else."""
        case = self.case
        said = (VERSION, case.slo, case.objective, case.kind, case.scale, self.candidates, self.end, self.step_s)
        digest = hashlib.sha256(repr((*said, self.horizon_s, self.present, self.since)).encode())
        measured = case.measured
        columns = (measured.time, measured.good, measured.bad, measured.total, measured.value, case.faults)
        for column in columns:
            digest.update(b"-" if column is None else np.ascontiguousarray(column).data)
        for histogram in () if measured.histogram is None else measured.histogram:
            digest.update(repr(histogram).encode())
        return digest.hexdigest()

    def run(self) -> Outcome:
        """Every candidate's alerts, which count only what is certainly bad."""
        past = self.case.past(self.end)
        past = replace(past, track=past.track.certain)
        if past.born is None:
            return Outcome(None)
        first = past.born + max(0, self.since - past.born) // self.step_s * self.step_s
        at = np.arange(first + self.step_s, self.end + self.step_s, self.step_s)
        policies = [policy for each in self.candidates.values() for policy in each]
        sums = PastSums.of(
            self.case.objective,
            past.track,
            at,
            born=past.born,
            step_s=self.step_s,
            scale=self.case.scale,
            reach_s=max((each for policy in policies for each in policy.spans_s), default=0) + HOUR_S,
            guards=guards(self.case, past, at, policies, self.step_s),
        )
        told = [
            self._told(name, alert, sums.one(int(np.searchsorted(at, alert.episode.fired_at))))
            for name, each in self.candidates.items()
            for alert in alerts_of(each, sums, at, self.horizon_s)
        ]
        told += [
            replace(one, objective=self.case.objective.name, consumed_ratio=_spent(sums, at, one.fired_at))
            for one in self.present
            if past.born < one.fired_at <= self.end
        ]
        told.sort(key=lambda one: one.fired_at)
        pieces = stretches(self.case.slo, self.case.objective.name, past.track, sums)
        return Outcome(past.born, tuple(told), tuple(pieces))

    def _told(self, name: str, alert: Alert, then: PastSums) -> Told:
        episode = alert.episode
        return Told(
            candidate=name,
            slo=self.case.slo,
            objective=self.case.objective.name,
            policy=episode.policy.name,
            condition=group_words(episode.policy.groups[episode.group]),
            severity=alert.severity,
            fired_at=episode.fired_at,
            sent_at=alert.sent_at,
            resolved_at=episode.resolved_at,
            suppressed_by=alert.suppressed_by,
            instead=episode.policy.severity is Severity.PAGE and alert.severity is Severity.TICKET,
            consumed_ratio=_spent(then, then.moments.at, episode.fired_at),
            reasons=reasons(alert, then),
        )


def _spent(sums: PastSums, at: Ints, time: int) -> float | None:
    """The share of the window's budget that is gone at a time; None where nothing is known."""
    spent = sums.one(int(np.searchsorted(at, time))).spent(None)
    return float(spent.at(0)) if spent.whole[0] else None
