"""A full disk: the acknowledgement is refused, nothing is damaged, reads go on, and room alone brings appends back."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing

import numpy as np
import pytest

from leeway.core.window import Span
from leeway.errors import StoreFull
from leeway.ports.points import Rows, Tallies
from leeway.ports.state import Edit
from leeway.store import backup, open_points, open_state
from leeway.store.points import database

START = 20_000 * 86_400
ALWAYS = Span(START, START + 86_400)


def mount(place, *options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", place], check=False).returncode


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 6 MB, and how to give it more."""
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    place = tmp_path / "small"
    place.mkdir()
    if mount(place, "size=6m") != 0:
        pytest.skip("this machine does not let root mount a tmpfs (a container without CAP_SYS_ADMIN?)")
    yield place, lambda: mount(place, "remount", "size=200m")
    subprocess.run(["umount", place], check=True)


def minute(number, count=1000):
    """One row of each series, of bytes that do not compress."""
    dice = np.random.default_rng(number)
    return Rows(
        np.arange(count, dtype=np.int32),
        np.full(count, START + 60 * number),
        dice.integers(0, 2**60, count),
        dice.integers(0, 2**60, count),
        np.full(count, np.nan),
    )


def append_until_full(store):
    """How many minutes were acknowledged before the disk took no more."""
    for number in range(1000):
        try:
            store.append(minute(number), known_at=number)
        except StoreFull:
            return number
    raise AssertionError("the disk never became full")


def apply_until_full(store, body):
    """How many pairs of documents were acknowledged before the disk took no more."""
    for number in range(1000):
        try:
            store.apply([Edit("SLO", f"{number}-{part}", body, 0) for part in range(2)], by="x", at=1.0)
        except StoreFull:
            return number
    raise AssertionError("the disk never became full")


@pytest.mark.parametrize("checkpoint_bytes", [200_000, database.CHECKPOINT_BYTES], ids=["checkpoint", "log"])
def test_points_survive_a_full_disk(small_disk, monkeypatch, checkpoint_bytes):
    """Whether the log or a checkpoint meets the end of the disk first (the latter invalidates DuckDB's instance)."""
    place, grow = small_disk
    monkeypatch.setattr(database, "CHECKPOINT_BYTES", checkpoint_bytes)
    with closing(open_points(place / "data")) as store:
        acknowledged = append_until_full(store)
        told = []
        store.follow(told.extend)
        for refused in range(3):
            with pytest.raises(StoreFull):
                store.append(minute(acknowledged + refused, count=3000), known_at=1)
        with pytest.raises(StoreFull):
            store.compact(20_000)
        many = np.random.default_rng(1).integers(0, 2**60, 100_000)
        with pytest.raises(StoreFull):
            store.save_hours(Tallies(np.arange(100_000, dtype=np.int32), many, many, many, many))
        assert told == []
        assert len(store.read(5, ALWAYS)) == acknowledged
        assert len(store.hours(range(100_000), Span(0, 2**61))) == 0

        assert grow() == 0
        assert store.append(minute(acknowledged), known_at=1).rows == 1000
        store.compact(20_000)
        for number in range(acknowledged + 1, acknowledged + 50):
            store.append(minute(number), known_at=1)
    with closing(open_points(place / "data")) as store:
        found = store.read_all(range(1000), ALWAYS)
        assert len(found) == (acknowledged + 50) * 1000
        sums = [int(found.good[found.time == START + 60 * number].sum()) for number in (0, acknowledged - 1)]
        assert sums == [int(minute(number).good.sum()) for number in (0, acknowledged - 1)]


def test_state_survives_a_full_disk(small_disk):
    """All edits of an apply or none, also when the disk ends in the middle."""
    place, grow = small_disk
    body = os.urandom(200_000).hex()
    with closing(open_state(place / "data")) as store:
        count = apply_until_full(store, body)
        assert len(store.documents()) == 2 * count
        assert grow() == 0
        store.apply([Edit("SLO", f"{count}-{part}", body, 0) for part in range(2)], by="x", at=1.0)
    with closing(open_state(place / "data")) as store:
        assert len(store.documents()) == 2 * count + 2
        assert all(each.body == body for each in store.documents())


def test_a_backup_onto_a_full_disk_leaves_nothing_behind(small_disk, tmp_path):
    """The original goes on, and there is no half backup to be mistaken for a whole one."""
    place, grow = small_disk
    with closing(open_points(tmp_path / "data")) as points, closing(open_state(tmp_path / "data")) as state:
        points.append(minute(0, count=500_000), known_at=1)
        state.apply([Edit("SLO", "a", "x", 0)], by="x", at=1.0)
        with pytest.raises(StoreFull):
            backup(points, state, place / "copy")
        assert list(place.iterdir()) == []
        assert points.append(minute(1), known_at=1).rows == 1000
        assert grow() == 0
        backup(points, state, place / "copy")
        assert (place / "copy" / "backup.json").is_file()
