"""Backup and restore of a whole data folder. A backup is there whole, with its manifest, or not at all."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

from leeway.errors import Conflict, Invalid
from leeway.ports.points import PointStore
from leeway.ports.state import StateStore
from leeway.store.disk import copy, digest, is_full, refusals, write_through
from leeway.store.folder import POINTS, STATE, open_points, open_state

MANIFEST = "backup.json"


def backup(points: PointStore, state: StateStore, to: Path) -> None:
    """Copies open stores into the new folder `to` while work goes on.

    Raises Conflict if something is there already, Invalid if no folder can be made there. Points are copied
    first: every series they hold was made in the state before, so the copies fit together.
    """
    to = to.resolve()
    part = to.with_name(to.name + ".part")
    with refusals(to):
        _begin(to, part)
        try:
            points.backup(part)
            state.backup(part / STATE)
            files = {file.name: digest(file) for file in sorted(part.iterdir())}
            (part / MANIFEST).write_text(json.dumps({"files": files}, indent=1) + "\n", encoding="utf-8")
            write_through(part / MANIFEST)
            _put_in_place(part, to)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _begin(to: Path, part: Path) -> None:
    try:
        _refuse_used(to, "a backup")
        shutil.rmtree(part, ignore_errors=True)  # left by a backup that was killed
        part.mkdir(mode=0o700, parents=True)
    except OSError as error:
        if is_full(error):
            raise
        mend = "name a folder that does not exist, in one where Leeway may write"
        raise Invalid(f"no folder can be made there: {error.strerror}", place=str(to), mend=mend) from error


def backup_folder(folder: Path, to: Path) -> None:
    """Backs up a data folder that no server is using; Transient, naming the process, if one is."""
    if not (folder / POINTS).is_file():
        raise Invalid("this is no data folder of Leeway", place=str(folder))
    with closing(open_points(folder)) as points, closing(open_state(folder)) as state:
        backup(points, state, to)


def restore(source: Path, folder: Path) -> None:
    """Makes the new data folder `folder` from a backup, after every file was compared with the manifest and opened.

    Raises Conflict if the target holds anything, Invalid if the backup is damaged or none, NewerFormat if a newer
    Leeway wrote it. The backup itself is only read.
    """
    folder = folder.resolve()
    _refuse_used(folder, "a restore")
    files = _manifest(source)
    part = folder.with_name(folder.name + ".part")
    with refusals(folder):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        try:
            for name, expected in files.items():
                copy(source / name, part / name)
                if digest(part / name) != expected:
                    raise Invalid(f"the backup is damaged: {name} is not what was backed up", place=str(source))
            open_points(part).close()
            open_state(part).close()
            _put_in_place(part, folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _refuse_used(folder: Path, what: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{what} goes into a new or empty folder", place=str(folder), mend="choose another folder")


def _manifest(source: Path) -> dict[str, str]:
    try:
        told = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        files = {name: str(told["files"][name]) for name in (POINTS, STATE)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(f"this is no backup of Leeway: it has no whole {MANIFEST}", place=str(source)) from error
    if missing := [name for name in files if not (source / name).is_file()]:
        raise Invalid(f"the backup is damaged: {', '.join(missing)} is missing", place=str(source))
    return files


def _put_in_place(part: Path, to: Path) -> None:
    write_through(part)
    if to.exists():
        to.rmdir()  # it is empty
    part.rename(to)
    write_through(to.parent)
