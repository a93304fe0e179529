"""Backup and restore: a copy taken while work goes on is one moment, and is whole or refused."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from leeway.errors import Conflict, Invalid, Transient
from leeway.ports.kit.points_suite import ALWAYS, DAY, listed, rows
from leeway.ports.state import Edit, NewSeries
from leeway.store import backup, backup_folder, open_points, open_state, restore


@pytest.fixture
def copied(tmp_path):
    """A data folder with a little of everything, its backup, and what it held."""
    with closing(open_points(tmp_path / "data")) as points, closing(open_state(tmp_path / "data")) as state:
        points.append(rows((1, 0, 1, 9), (2, 0, 2, 9)), known_at=1)
        points.append(rows((1, 0, 3, 9)), known_at=2)
        points.compact(DAY)
        points.append(rows((1, 1, 4, 9)), known_at=3)
        state.apply([Edit("SLO", "a", "body", 0)], by="x", at=1.0)
        state.number_series([NewSeries(("a", "", "d"), 1)], at=1.0)
        backup(points, state, tmp_path / "copy")
        points.append(rows((1, 2, 5, 9)), known_at=4)
    return tmp_path / "copy"


def test_a_restored_folder_holds_what_the_backup_saw(copied, tmp_path):
    """Every version, and the definitions; nothing that came after."""
    restore(copied, tmp_path / "new")
    with closing(open_points(tmp_path / "new")) as points, closing(open_state(tmp_path / "new")) as state:
        assert listed(points.read(1, ALWAYS)) == [(1, 0, 3, 9, None), (1, 1, 4, 9, None)]
        assert listed(points.read(1, ALWAYS, as_known_at=1)) == [(1, 0, 1, 9, None)]
        assert [each.name for each in state.documents()] == ["a"]
        assert [each.slo for each in state.all_series()] == ["a"]
        assert points.append(rows((1, 2, 5, 9)), known_at=4).seq > 3


def test_a_backup_taken_while_many_write_is_one_moment(tmp_path):
    """If append n of a sender is in the copy, so are all its earlier ones; and the senders never stopped."""
    with closing(open_points(tmp_path / "data")) as points, closing(open_state(tmp_path / "data")) as state:
        done = threading.Event()

        def send(series):
            minute = 0
            while not done.is_set():
                points.append(rows((series, minute, minute, 10**6)), known_at=1)
                minute += 1

        senders = [threading.Thread(target=send, args=(series,)) for series in range(3)]
        for sender in senders:
            sender.start()
        for number in range(3):
            backup(points, state, tmp_path / f"copy{number}")
            points.compact(DAY)
        done.set()
        for sender in senders:
            sender.join()
    for number in range(3):
        restore(tmp_path / f"copy{number}", tmp_path / f"new{number}")
        with closing(open_points(tmp_path / f"new{number}")) as points:
            for series in range(3):
                minutes = [row[1] for row in listed(points.read(series, ALWAYS))]
                assert minutes == list(range(len(minutes)))


@pytest.mark.parametrize("file", ["points.duckdb", "state.sqlite"])
def test_a_damaged_backup_is_refused_and_nothing_is_made(copied, tmp_path, file):
    """One byte is enough."""
    content = bytearray((copied / file).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / file).write_bytes(content)
    with pytest.raises(Invalid, match=f"damaged: {file}"):
        restore(copied, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "new.part").exists()


def test_a_backup_without_a_file_or_without_a_manifest_is_refused(copied, tmp_path):
    """A folder that merely looks like one is no backup."""
    (copied / "state.sqlite").rename(tmp_path / "state.sqlite")
    with pytest.raises(Invalid, match=r"state\.sqlite is missing"):
        restore(copied, tmp_path / "new")
    (copied / "backup.json").unlink()
    with pytest.raises(Invalid, match="no backup"):
        restore(copied, tmp_path / "new")


def test_nothing_is_ever_written_over(copied, tmp_path):
    """Neither a folder in use by a restore, nor an earlier backup by a new one."""
    before = sorted(file.name for file in (tmp_path / "data").iterdir())
    with pytest.raises(Conflict):
        restore(copied, tmp_path / "data")
    with pytest.raises(Conflict):
        backup_folder(tmp_path / "data", copied)
    assert sorted(file.name for file in (tmp_path / "data").iterdir()) == before


def test_a_stopped_folder_can_be_backed_up_and_an_empty_target_may_exist(copied, tmp_path):
    """The way without a server."""
    (tmp_path / "target").mkdir()
    backup_folder(tmp_path / "data", tmp_path / "target")
    (tmp_path / "new").mkdir()
    restore(tmp_path / "target", tmp_path / "new")
    with closing(open_points(tmp_path / "new")) as points:
        assert len(points.read(1, ALWAYS)) == 3


def test_a_folder_in_use_is_not_backed_up_behind_the_servers_back(tmp_path):
    """It says that a process holds it; a running server takes its own backups."""
    with closing(open_points(tmp_path / "data")), pytest.raises(Transient):
        backup_folder(tmp_path / "data", tmp_path / "copy")
    with pytest.raises(Invalid, match="no data folder"):
        backup_folder(tmp_path / "elsewhere", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
