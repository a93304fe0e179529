"""Bytes come from below the declared folders and from nowhere else."""

from __future__ import annotations

import os

import pytest

from leeway.errors import Denied, Forbidden, Invalid, NotUnderstood, Permanent, Unreachable
from leeway.sources.files import roots

MOST = 1000


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "data"
    (root / "real").mkdir(parents=True)
    (root / "real" / "a.csv").write_bytes(b"ours")
    (tmp_path / "secret.csv").write_bytes(b"not ours")
    return root


def test_links_may_lead_anywhere_below_the_root(folder):
    """The real path counts, of files and of folders on the way."""
    (folder / "inside.csv").symlink_to(folder / "real" / "a.csv")
    (folder / "there").symlink_to(folder / "real")
    for path in ("real/a.csv", "inside.csv", "there/a.csv", str(folder / "real" / "a.csv")):
        assert roots.read((folder,), path, MOST) == b"ours"


@pytest.mark.parametrize("path", ["outside.csv", "up/secret.csv", "loop.csv", "chain.csv"])
def test_links_lead_nowhere_else(folder, tmp_path, path):
    """Not out of the folder, in one step or several, and not in a circle."""
    (folder / "outside.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "chain.csv").symlink_to(folder / "outside.csv")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    with pytest.raises(Forbidden, match="leads"):
        roots.read((folder,), path, MOST)


def test_a_link_put_there_after_the_look_is_not_followed(folder, tmp_path, monkeypatch):
    """Between the look at the real path and the opening somebody swaps a folder for a link."""
    looked = roots._real

    def look_then_swap(*args):
        found = looked(*args)
        (folder / "real").rename(folder / "moved")
        (folder / "real").symlink_to(tmp_path)
        return found

    (tmp_path / "a.csv").write_bytes(b"not ours")
    monkeypatch.setattr(roots, "_real", look_then_swap)
    with pytest.raises((Forbidden, Unreachable)):
        roots.read((folder,), "real/a.csv", MOST)


def test_declared_folders_may_be_links_and_are_searched_in_order(folder, tmp_path):
    """Roots are the admin's words and are followed; the first that has the file answers."""
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "empty").mkdir()
    declared = (tmp_path / "empty", tmp_path / "link")
    assert roots.read(declared, "real/a.csv", MOST) == b"ours"
    assert roots.read(declared, str(tmp_path / "link" / "real" / "a.csv"), MOST) == b"ours"


def test_an_absolute_path_lies_below_a_declared_folder(folder, tmp_path):
    """Elsewhere it is refused before the disk is asked."""
    with pytest.raises(Invalid, match="below no declared folder"):
        roots.read((folder,), str(tmp_path / "secret.csv"), MOST)


def test_what_is_no_readable_file_is_told_apart(folder):
    """Not there (yet), a folder, a pipe, too large: each its own error, and none makes us wait."""
    os.mkfifo(folder / "pipe.csv")
    for path, error in (
        ("none.csv", Unreachable),
        ("real/a.csv/b.csv", Unreachable),
        ("real", NotUnderstood),
        ("pipe.csv", NotUnderstood),
    ):
        with pytest.raises(error):
            roots.read((folder,), path, MOST)
    with pytest.raises(Permanent, match="larger than 3 bytes"):
        roots.read((folder,), "real/a.csv", 3)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_the_right_to_read_is_denied(folder):
    """Rights are the owner's to give."""
    (folder / "real" / "a.csv").chmod(0)
    with pytest.raises(Denied):
        roots.read((folder,), "real/a.csv", MOST)
