"""Files of finished days are believed only where they are what was kept last, for just these points."""

import shutil
from contextlib import closing

import pytest

from leeway.ports.kit.days_suite import minutes, told
from leeway.ports.kit.points_suite import DAY
from leeway.store import backup_folder, open_points, open_state, restore

PARTS = minutes(1, 2), minutes(3, doubt=True)


def kept(folder, *objectives):
    with closing(open_points(folder)) as points:
        return told(*points.kept_minutes(DAY, objectives or [1, 2, 3]))


@pytest.fixture
def folder(tmp_path):
    """A data folder with one finished day."""
    with closing(open_points(tmp_path / "data")) as points:
        points.keep_minutes({DAY: PARTS})
    return tmp_path / "data"


@pytest.fixture
def file(folder):
    return folder / "cache" / "days" / str(DAY)


def test_days_are_kept(folder):
    """What all the other tests here would not notice if it were not so."""
    assert kept(folder) == told(*PARTS)


@pytest.mark.parametrize("place", [0, 30, -1, -60_000], ids=["head", "in the head", "end", "body"])
def test_a_damaged_part_is_not_believed(folder, file, place):
    """One bit is enough; parts before it may be given, for each has its own digest."""
    damaged = bytearray(file.read_bytes())
    damaged[place] ^= 1
    file.write_bytes(damaged)
    found = kept(folder)
    assert found in ([], told(PARTS[0]))
    assert kept(folder, 3) == []


def test_a_torn_file_is_not_believed_and_made_again(folder, file):
    """As the power leaves it; the next time that days are kept it is whole."""
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert kept(folder, 3) == []
    with closing(open_points(folder)) as points:
        points.keep_minutes({DAY: PARTS})
    assert file.read_bytes() == whole
    assert kept(folder) == told(*PARTS)


def test_a_file_can_be_deleted(folder, file):
    """Nothing is kept then, and nothing else happens."""
    file.unlink()
    assert kept(folder) == []


def test_an_older_file_is_not_believed(folder, file):
    """Nothing waits for the disk: after a power loss a file may be again as it was before it was replaced."""
    older = file.read_bytes()
    with closing(open_points(folder)) as points:
        points.keep_minutes({DAY: (minutes(1, 2, seed=1), PARTS[1])})
    file.write_bytes(older)
    assert kept(folder) == []


def test_a_file_of_other_points_is_not_believed(folder, tmp_path):
    """A cache beside points that were put there by hand is that of others."""
    with closing(open_points(tmp_path / "other")) as points:
        points.keep_minutes({DAY: (minutes(1, 2, seed=1),)})
    shutil.copytree(folder / "cache", tmp_path / "other" / "cache", dirs_exist_ok=True)
    assert kept(tmp_path / "other") == []


def test_a_file_of_another_version_is_not_believed(folder, monkeypatch):
    """It may have judged otherwise."""
    monkeypatch.setattr("leeway.store.points.days.VERSION", "0.0.1")
    assert kept(folder) == []


def test_the_same_days_are_not_written_again(folder, file):
    """A file that says what is to be kept stays as it is, and what else lies there goes."""
    before = file.stat().st_ino
    (file.parent / "1.part").write_bytes(b"left by a kill")
    with closing(open_points(folder)) as points:
        points.keep_minutes({DAY: PARTS})
    assert file.stat().st_ino == before
    assert list(file.parent.iterdir()) == [file]


def test_where_days_cannot_be_written_everything_else_goes_on(folder, file, capsys):
    """What was kept before is not believed any more, for it is not what should have been kept."""
    shutil.rmtree(file.parent)
    file.parent.write_bytes(b"no folder")
    with closing(open_points(folder)) as points:
        points.keep_minutes({DAY: (minutes(1, seed=2),)})
        assert "finished days cannot be kept" in capsys.readouterr().out
        assert told(*points.kept_minutes(DAY, [1])) == []


def test_a_backup_carries_no_days_and_a_restore_has_none(folder, tmp_path):
    """They are made again."""
    open_state(folder).close()
    backup_folder(folder, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    assert not (tmp_path / "restored" / "cache").exists()
    assert kept(tmp_path / "restored") == []
