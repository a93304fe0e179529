"""The real server in a process of its own, on a clock of our choice: `python -m bench.server FOLDER AT SPEED HOST…`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.place import ShiftedClock, config


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready."""

    pid: int
    port: int
    token: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(folder: Path, at: float, *, speed: float = 1.0, hosts: tuple[str, ...] = ()) -> Iterator[Server]:
    """Starts it, waits until it is ready, and stops it in the end. `hosts` may be reached by its sources."""
    command = [sys.executable, "-m", "bench.server", str(folder), str(at), str(speed), *hosts]
    log = folder.with_suffix(".log")
    with (
        log.open("a") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        if process.stdout is None:
            raise AssertionError("asked for a pipe")
        try:
            line = process.stdout.readline()
            if not line:
                from bench.figure import Wrong  # late: the process of the server loads nothing that it need not

                raise Wrong(f"the server did not start: {log.read_text()[-2000:]}")
            yield Server(process.pid, **json.loads(line))
        finally:
            process.terminate()
            process.wait(60)


async def _serve(folder: Path, clock: ShiftedClock, hosts: tuple[str, ...]) -> None:
    from leeway.app import served  # late, as `leeway serve` does it

    await served(config(folder, hosts), clock, lambda port, leeway: _say(port, leeway.token))


def _say(port: int, token: str) -> None:
    sys.stdout.write(json.dumps({"port": port, "token": token}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    from leeway.cli.logs import write_logs
    from leeway.server import listen as _listen

    write_logs()
    _folder, _at, _speed, *_hosts = sys.argv[1:]
    _clock = ShiftedClock(float(_at), float(_speed))
    _listen.until_stopped(lambda: _serve(Path(_folder), _clock, tuple(_hosts)))
