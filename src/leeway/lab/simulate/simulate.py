"""Runs: each a stream of events of its own, under every candidate, by the very code that decides when it is serious.

A run learns for four weeks, as a server does that has been up for a while, and is then counted for as long as is asked.
Then, once for every part that is to fail, it is run again, and from some moment of the first day on this part of all
events fails for a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leeway.core.alerting.policy import Policy, Severity
from leeway.core.objective import DAY_S, Objective
from leeway.core.quality import Fault, Kind, Measured
from leeway.engine.offline import Case
from leeway.lab.backtest.told import Told
from leeway.lab.backtest.trial import Trial
from leeway.lab.simulate.answer import Answer, Ran, Reached
from leeway.lab.simulate.world import Events, World
from leeway.lab.spread import Tell, spread, tell_nobody

LEARN_DAYS = 28
WARM_DAYS = 1
"""So long before it counts conditions are looked at: what is up by then was not begun by the count."""
SCALE = 1_000
"""Quanta per event; a resampled history may have parts of events."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`runs` of so many `days`; `parts` of all events that fail for a day. The same seed gives the same answer."""

    runs: int = 200
    days: int = 30
    seed: int = 0
    parts: tuple[float, ...] = (1.0, 0.5, 0.1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its number is its place among those of the seed."""

    number: int
    world: World
    objective: Objective
    candidates: Mapping[str, tuple[Policy, ...]]
    horizon_s: int
    asked: Asked

    def run(self) -> Ran:
        """Pages and tickets of the month, and how soon each part that fails is told."""
        dice = np.random.default_rng([self.asked.seed, self.number])
        day = DAY_S // self.world.step_s
        stream = self.world.stream(dice, LEARN_DAYS + max(self.asked.days, 2))
        since, step_s = LEARN_DAYS * DAY_S, self.world.step_s
        month = stream.until(day * (LEARN_DAYS + self.asked.days))
        sent = [one for one in self._told(month, since) if one.is_sent and (one.sent_at or 0) > since]
        begin = LEARN_DAYS * day + int(dice.integers(day))
        short = stream.until(begin + day)
        reached = {
            part: self._reached(self._told(short.failing(begin, part, dice), since), begin * step_s)
            for part in self.asked.parts
        }
        counts = {
            severity: {
                name: sum(one.candidate == name and one.severity is severity for one in sent)
                for name in self.candidates
            }
            for severity in Severity
        }
        return Ran(counts[Severity.PAGE], counts[Severity.TICKET], reached)

    def _reached(self, told: Sequence[Told], since: int) -> dict[str, Reached]:
        """Seconds from the beginning of the failure to what tells of it; what is up already has called somebody: 0."""

        def first(name: str, severity: Severity) -> int | None:
            waits = (
                max(0, one.sent_at - since)
                for one in told
                if one.candidate == name and one.severity is severity and one.is_sent and one.sent_at is not None
                if one.resolved_at is None or one.resolved_at > since
            )
            return min(waits, default=None)

        return {name: Reached(first(name, Severity.PAGE), first(name, Severity.TICKET)) for name in self.candidates}

    def _told(self, stream: Events, since: int) -> tuple[Told, ...]:
        known = ~np.isnan(stream.total)
        time = np.flatnonzero(known) * self.world.step_s
        measured = Measured(time, bad=stream.bad[known], total=stream.total[known])
        none = np.full(len(time), Fault.NONE, np.int8)
        case = Case(
            "simulated", self.objective, Kind.COUNTS, SCALE, np.arange(len(time), dtype=np.int32), measured, none
        )
        end = len(stream.total) * self.world.step_s
        warm = since - WARM_DAYS * DAY_S
        trial = Trial(case, dict(self.candidates), end, self.world.step_s, self.horizon_s, since=warm)
        return trial.run().told


def simulate(
    world: World,
    objective: Objective,
    candidates: Mapping[str, tuple[Policy, ...]],
    asked: Asked,
    *,
    horizon_s: int,
    jobs: int = 1,
    tell: Tell = tell_nobody,
) -> Answer:
    """Every candidate over the same streams. Raises Invalid as a backtest does."""
    runs = {number: Run(number, world, objective, candidates, horizon_s, asked).run for number in range(asked.runs)}
    found: dict[int, Ran] = {}
    tell(0, asked.runs)
    for number, ran in spread(runs, jobs):
        found[number] = ran
        tell(len(found), asked.runs)
    return Answer(tuple(candidates), asked.days, tuple(found[number] for number in range(asked.runs)))
