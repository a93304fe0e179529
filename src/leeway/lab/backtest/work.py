"""Doing trials: on several cores, and only those that no earlier run has done."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from leeway.lab.backtest.journal import Journal
from leeway.lab.backtest.trial import Outcome, Trial

LEAST_ROWS = 1_000_000
"""With fewer rows the other processes are not worth their start."""


def _tell_nobody(done: int, of: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Work:
    """On so many processes; what is done is kept in the journal and told, (done, of how many)."""

    jobs: int = 1
    journal: Journal | None = None
    tell: Callable[[int, int], None] = _tell_nobody


def done(trials: Sequence[Trial], work: Work) -> list[Outcome]:
    """The outcome of each trial, in their order."""
    keys = [trial.key for trial in trials] if work.journal else [""] * len(trials)
    found = {place: kept for place, key in enumerate(keys) if work.journal and (kept := work.journal.get(key))}
    left = [place for place in range(len(trials)) if place not in found]
    work.tell(len(found), len(trials))
    for place, outcome in _outcomes(trials, left, work.jobs):
        found[place] = outcome
        if work.journal:
            work.journal.keep(keys[place], outcome)
        work.tell(len(found), len(trials))
    return [found[place] for place in range(len(trials))]


def _outcomes(trials: Sequence[Trial], places: Sequence[int], jobs: int) -> Iterator[tuple[int, Outcome]]:
    rows = sum(len(trials[place].case.measured.time) for place in places)
    if jobs < 2 or len(places) < 2 or rows < LEAST_ROWS:
        for place in places:
            yield place, trials[place].run()
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed  # late: most backtests are small
    from multiprocessing import get_context

    processes = min(jobs, len(places))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts) as pool:
        futures = {pool.submit(trials[place].run): place for place in places}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that was started by a person; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
