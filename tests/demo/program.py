"""`leeway` as a program of its own: started, waited for, stopped by its own process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_S = 60.0
START = (sys.executable, "-c", "from leeway.cli import main; raise SystemExit(main())")


class Program:
    """A running `leeway`, with what it said so far."""

    def __init__(self, arguments: tuple[str, ...], home: Path, env: dict[str, str]) -> None:
        self._out, self._err = home / "out", home / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen([*START, *arguments], stdout=out, stderr=err, env=env)
        self.pid = self._process.pid

    @property
    def out(self) -> str:
        """Standard output so far."""
        return self._out.read_text()

    @property
    def err(self) -> str:
        """Standard error so far."""
        return self._err.read_text()

    def until(self, found: Callable[[], Found], patience_s: float = PATIENCE_S) -> Found:
        """Waits until this finds something; fails if the program ends before, or nothing is found."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            if answer := found():
                return answer
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"not found; exit {self._process.poll()}\n{self.out}\n{self.err}")

    def stop(self, number: int = signal.SIGINT) -> int:
        """Sends a signal, and gives the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self.end()

    def end(self) -> int:
        """Waits for the end; the exit code."""
        return self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        """The end, whatever happened."""
        self._process.kill()
        self._process.wait()


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the person who runs the tests: folders for data, run time and temporary files below `home`."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("LEEWAY_", "XDG_"))}
    (home / "tmp").mkdir(exist_ok=True)
    return kept | {"XDG_RUNTIME_DIR": str(home), "XDG_DATA_HOME": str(home), "TMPDIR": str(home / "tmp")} | more


@contextmanager
def started(home: Path, *arguments: str, **more: str) -> Iterator[Program]:
    """Runs `leeway` with these arguments; it has ended when this ends."""
    home.mkdir(exist_ok=True)
    program = Program(arguments, home, environment(home, **more))
    try:
        yield program
    finally:
        program.kill()


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs `leeway` to its end."""
    env = environment(home, **more)
    return subprocess.run(
        [*START, *arguments], capture_output=True, text=True, env=env, timeout=PATIENCE_S, check=False
    )
