"""The disk runs full under the whole engine, with the real stores: refused, told, evaluated from memory, recovered."""

from __future__ import annotations

import asyncio
import os
import subprocess

import pytest
from tests.engine.test_engine import apply, batch, run, slo

from leeway.app import running
from leeway.config import Config
from leeway.core.objective import DAY_S
from leeway.errors import StoreFull
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.points import Key

NOON = 20_700 * DAY_S + 12 * 3_600


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 24 MB."""
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    place = tmp_path / "small"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], check=False).returncode != 0:
        pytest.skip("this machine does not let root mount a tmpfs (a container without CAP_SYS_ADMIN?)")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(place):
    """Takes all room that is left; deleting the file gives it back."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


async def until(clock, true):
    for _ in range(400):
        if true():
            return
        await clock.advance(1)
        await asyncio.sleep(0.02)
    raise AssertionError("it never came so")


async def refused(engine):
    """Pushes until one is refused (the log has some room left at first); how many were taken."""
    for number in range(1, 2_000):
        at = NOON - 60 * (number + 1)
        try:
            await engine.push(batch((0, at, 9, 10)), Key(f"fill {number}", "x"))
        except StoreFull:
            return number - 1
    raise AssertionError("the disk never became full")


@pytest.mark.timeout(120)
def test_a_full_disk_refuses_points_says_so_and_recovers_without_a_restart(small_disk):
    """What was acknowledged counts, what was refused does not, and the same push is taken when there is room."""

    async def story():
        clock = VirtualClock(float(NOON))
        async with running(Config(data=small_disk / "data"), clock) as leeway:
            engine = leeway.engine
            await apply(engine, slo())
            await engine.push(batch((0, NOON - 60, 5, 10)), None)
            filler = fill(small_disk)
            taken = await refused(engine)
            health = engine.health()
            assert not health.ready
            assert "the disk is full" in health.reasons[0]
            assert health.accepted == 1 + taken
            now = clock.now()
            await until(clock, lambda: engine.health().evaluated_at > now + 60)
            (shown,) = await engine.status("bar")
            assert shown.assessment.budget.bad == 5 + taken
            filler.unlink()
            receipt = await engine.push(batch((0, NOON - 60 * (taken + 2), 9, 10)), Key(f"fill {taken + 1}", "x"))
            assert receipt.accepted == 1
            await until(clock, lambda: engine.health().ready)
            now = clock.now()
            await until(clock, lambda: engine.health().evaluated_at > now + 60)
            assert (await engine.status("bar"))[0].assessment.budget.bad == 6 + taken
        async with running(Config(data=small_disk / "data"), clock) as leeway:
            assert (await leeway.engine.status("bar"))[0].assessment.budget.bad == 6 + taken

    run(story())
