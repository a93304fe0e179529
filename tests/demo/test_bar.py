"""The bar alone, over real HTTP; and how its demo is found."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from aiohttp import web

from leeway.clock import SystemClock
from leeway.demo.bar import LIMIT_S, Bar, open_doors
from leeway.demo.whereabouts import Whereabouts, find, folder, noted
from leeway.errors import Denied, NotFound

ME = Whereabouts("http://127.0.0.1:1", 1, "/data", 0, "http://127.0.0.1:2/control", "secret", 0)


def visit(address: str) -> int:
    try:
        with urllib.request.urlopen(f"{address}/greet", timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


async def evening(errors: float, guests: int) -> tuple[Bar, list[int]]:
    """One guest after the other."""
    bar = Bar(SystemClock())
    if errors:
        bar.break_down(errors)
    async with open_doors(web.get("/greet", bar.greet)) as address:
        return bar, [await asyncio.to_thread(visit, address) for _ in range(guests)]


def test_every_guest_of_an_open_bar_is_greeted() -> None:
    """All answers are 200, and the book says so."""
    bar, statuses = asyncio.run(evening(0.0, 5))
    assert statuses == [200] * 5
    assert bar.since(0) == (5, 0)


def test_of_ten_guests_at_thirty_per_cent_three_walk_out() -> None:
    """Exactly three, the first at once; in turns nobody comes, or it takes too long."""
    bar, statuses = asyncio.run(evening(0.3, 10))
    faults = [guest.fault for guest in bar.guests]
    assert bar.since(0) == (7, 3)
    assert [fault for fault in faults if fault] == ["nobody came", "waited too long", "nobody came"]
    assert faults[0]
    assert statuses.count(500) == 2


def test_who_waits_too_long_waits_longer_than_the_promise() -> None:
    """The slow greeting cannot be taken for a good one."""

    async def slow() -> float:
        clock = SystemClock()
        bar = Bar(clock)
        bar.break_down(1.0)
        async with open_doors(web.get("/greet", bar.greet)) as address:
            await asyncio.to_thread(visit, address)
            begun = clock.monotonic()
            await asyncio.to_thread(visit, address)
            return clock.monotonic() - begun

    assert asyncio.run(slow()) > LIMIT_S


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_a_demo_is_found_as_long_as_it_runs(runtime: Path) -> None:
    """By its port or as the newest; afterwards by nothing."""
    here = Whereabouts(ME.page, 1, ME.data, os.getpid(), ME.control, ME.token, 0)
    with noted(here):
        assert find(None) == find(1) == here
        with pytest.raises(NotFound, match="at port 2"):
            find(2)
    with pytest.raises(NotFound):
        find(None)
    assert runtime.is_dir()


def test_the_note_of_a_demo_that_died_is_cleared_away(runtime: Path) -> None:
    """A process that is gone cannot be talked to."""
    dead = runtime / "leeway" / "demo-1.json"
    folder()
    gone = 2**22 + 1  # beyond the largest process number of Linux
    dead.write_text(json.dumps({**{name: getattr(ME, name) for name in ME.__slots__}, "pid": gone}))
    with pytest.raises(NotFound):
        find(None)
    assert not dead.exists()


def test_a_folder_that_others_can_write_is_refused(runtime: Path) -> None:
    """Whoever can write there could send orders to another door."""
    (runtime / "leeway").mkdir(mode=0o777)
    (runtime / "leeway").chmod(0o777)
    with pytest.raises(Denied):
        folder()
