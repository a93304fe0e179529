"""Doing trials: on several cores, and only those that no earlier run has done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leeway.lab.backtest.journal import Journal
from leeway.lab.backtest.trial import Outcome, Trial
from leeway.lab.spread import Tell, spread, tell_nobody

LEAST_ROWS = 1_000_000
"""With fewer rows the other processes are not worth their start."""


@dataclass(frozen=True, slots=True)
class Work:
    """On so many processes; what is done is kept in the journal and told."""

    jobs: int = 1
    journal: Journal | None = None
    tell: Tell = tell_nobody


def done(trials: Sequence[Trial], work: Work) -> list[Outcome]:
    """The outcome of each trial, in their order."""
    keys = [trial.key for trial in trials] if work.journal else [""] * len(trials)
    found = {place: kept for place, key in enumerate(keys) if work.journal and (kept := work.journal.get(key))}
    left = {place: trial.run for place, trial in enumerate(trials) if place not in found}
    rows = sum(len(trials[place].case.measured.time) for place in left)
    work.tell(len(found), len(trials))
    for place, outcome in spread(left, work.jobs if rows >= LEAST_ROWS else 1):
        found[place] = outcome
        if work.journal:
            work.journal.keep(keys[place], outcome)
        work.tell(len(found), len(trials))
    return [found[place] for place in range(len(trials))]
