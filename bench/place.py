"""Where benchmarks work: folders, clocks, and processes of their own."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from leeway.config import Config, load

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

TICKS = os.sysconf("SC_CLK_TCK")


def cache() -> Path:
    """What is dear to make is kept here from run to run; it may be deleted at any time."""
    folder = Path(tempfile.gettempdir()) / f"leeway-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder on the same disk as the cache, gone afterwards."""
    folder = Path(tempfile.mkdtemp(dir=cache()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def aside(work: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
    """Runs a function in a fresh process, so that its memory and its imports are its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes() -> int:
    """Memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def free_bytes() -> int:
    """Memory that can be had without swapping."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * 1024


def config(data: Path, hosts: tuple[str, ...] = ()) -> Config:
    """Settings of a server over this folder, on any port, whose sources may reach these hosts of this machine."""
    return load(None, {}, {"data": data, "port": 0, "allow_hosts": frozenset(hosts)})


class ShiftedClock:
    """A clock that shows `at` when it is made and runs `speed` times as fast as the world's."""

    def __init__(self, at: float, speed: float = 1.0) -> None:
        self._at, self._speed, self._begin = at, speed, time.monotonic()

    def now(self) -> float:
        """Shown time in epoch seconds."""
        return self._at + self.monotonic()

    def monotonic(self) -> float:
        """Shown seconds since it was made."""
        return (time.monotonic() - self._begin) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Waits shown seconds."""
        await asyncio.sleep(max(0.0, seconds / self._speed))
