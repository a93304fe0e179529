"""Histograms in the points file: copied with their rows, and gone with them."""

from __future__ import annotations

from contextlib import closing

from leeway.ports.kit.points_suite import ALWAYS, START, rows
from leeway.ports.kit.sketch_suite import NAN, sketched, told
from leeway.store import backup, open_points, open_state, restore


def test_a_restored_folder_has_the_sketches(tmp_path):
    """A backup is whole: what a budget is counted from comes along."""
    with closing(open_points(tmp_path / "data")) as points, closing(open_state(tmp_path / "data")) as state:
        points.append(sketched(rows((1, 0, 0, 9, NAN)), b"packed"), known_at=1)
        backup(points, state, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")
    with closing(open_points(tmp_path / "new")) as points:
        assert told(points.read(1, ALWAYS)) == [b"packed"]


def test_what_was_acknowledged_survives_a_restart(tmp_path):
    """A row and its sketch are durable together."""
    with closing(open_points(tmp_path)) as points:
        points.append(sketched(rows((1, 0, 0, 9, NAN)), b"packed"), known_at=1)
    with closing(open_points(tmp_path)) as points:
        assert told(points.read_all([1], ALWAYS)) == [b"packed"]


def test_retention_takes_the_sketches_along(tmp_path):
    """They would be found by nobody."""
    with closing(open_points(tmp_path)) as points:
        points.append(sketched(rows((1, 0, 0, 9, NAN), (1, 1440, 0, 9, NAN)), b"old", b"new"), known_at=1)
        points.retain(START + 86_400)
        left = points._database.run(lambda cursor: cursor.execute("SELECT sketch FROM extras").fetchall())
        assert left == [(b"new",)]
