"""`leeway backup` and `leeway restore`: there and back again."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from leeway.cli.frame import run
from leeway.cli.output import Exit
from leeway.ports.kit.points_suite import ALWAYS, listed, rows
from leeway.store import open_points, open_state


@pytest.fixture
def data(tmp_path):
    """A data folder with one point."""
    with closing(open_points(tmp_path / "data")) as points, closing(open_state(tmp_path / "data")):
        points.append(rows((1, 0, 3, 4)), known_at=1)
    return tmp_path / "data"


def test_a_backup_restores_to_the_same_points(data, tmp_path):
    """The everyday way, each verb saying what it did."""
    assert run(["backup", str(tmp_path / "copy"), "--data", str(data)]) == Exit.FINE
    assert run(["restore", str(tmp_path / "copy"), "--data", str(tmp_path / "new")]) == Exit.FINE
    with closing(open_points(tmp_path / "new")) as points:
        assert listed(points.read(1, ALWAYS)) == [(1, 0, 3, 4, None)]


def test_a_folder_in_use_is_refused_in_words(data, tmp_path, capsys):
    """Exit code 1, what is in the way, and no half copy."""
    with closing(open_points(data)):
        assert run(["backup", str(tmp_path / "copy"), "--data", str(data)]) == Exit.COULD_NOT_RUN
    assert "open already" in capsys.readouterr().err
    assert not (tmp_path / "copy").exists()


def test_a_damaged_backup_is_refused(data, tmp_path, capsys):
    """The manifest says what the file must be."""
    run(["backup", str(tmp_path / "copy"), "--data", str(data)])
    manifest = tmp_path / "copy" / "backup.json"
    told = json.loads(manifest.read_text())
    told["files"]["state.sqlite"] = "0" * 64
    manifest.write_text(json.dumps(told))
    assert run(["restore", str(tmp_path / "copy"), "--data", str(tmp_path / "new")]) == Exit.COULD_NOT_RUN
    assert "the backup is damaged: state.sqlite" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
