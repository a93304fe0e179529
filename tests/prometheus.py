"""A Prometheus of Debian for tests: started on a free port over what a folder holds, ended with the block."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest


def program(name: str) -> str:
    for place in (shutil.which(name), Path(__file__).parents[1] / ".tools/debian/usr/bin" / name):
        if place and os.access(place, os.X_OK):
            return str(place)
    pytest.skip(f"no program `{name}` on PATH or in .tools/debian/usr/bin; `apt-get install prometheus` brings it")


@contextmanager
def running(folder: Path, *more: str):
    """A Prometheus over this folder, gone when the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    words = [program("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    words += ["--storage.tsdb.retention.time=10y", f"--web.listen-address=127.0.0.1:{port}", *more]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + 60
            while not ready(url):
                assert process.poll() is None, (folder / "log").read_text()[-2000:]
                assert time.monotonic() < deadline, "waited too long for Prometheus"
                time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait(20)


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/-/ready", timeout=2) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        return error.code == 401  # there, and asks who we are
    except OSError:
        return False
