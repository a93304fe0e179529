"""Work on several cores: the same answers as on one, in whatever order they come."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Answer = TypeVar("Answer")
Tell = Callable[[int, int], None]
"""Progress: so much is done, of so much."""


def tell_nobody(done: int, of: int) -> None:
    """Progress that nobody looks at."""


def spread(tasks: Mapping[int, Callable[[], Answer]], jobs: int) -> Iterator[tuple[int, Answer]]:
    """Every task's answer by its number. With several jobs tasks and answers are pickled."""
    if jobs < 2 or len(tasks) < 2:
        for number, task in tasks.items():
            yield number, task()
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed  # late: most work is small
    from multiprocessing import get_context

    processes = min(jobs, len(tasks))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts) as pool:
        futures = {pool.submit(task): number for number, task in tasks.items()}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that was started by a person; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
