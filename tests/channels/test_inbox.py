"""The inbox: durable, whole lines, for its owner only, and nowhere else."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from leeway.channels.inbox import Settings, build
from leeway.channels.inbox.channel import append
from leeway.errors import Forbidden, Invalid, Permanent
from leeway.net import Outside
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock


def inbox(folder, *roots):
    return build(Settings(folder=folder), Outside(VirtualClock(), roots=roots or (folder,)), "on-call")


def test_a_line_says_for_whom_it_was_and_when_it_was_taken(tmp_path):
    """One inbox can stand for several recipients."""
    delivered = asyncio.run(inbox(tmp_path).send(PLAIN))
    (line,) = (tmp_path / "inbox.jsonl").read_text().splitlines()
    found = json.loads(line)
    assert (found["to"], found["taken"], found["event"]) == ("on-call", "2026-09-21T14:13:20.000Z", "fired")
    assert found["key"] == PLAIN.key
    assert delivered.reference == str(tmp_path / "inbox.jsonl")


def test_the_file_is_for_its_owner_only_and_becomes_so_again(tmp_path):
    """Alerts name what is broken."""
    path = tmp_path / "inbox.jsonl"
    asyncio.run(inbox(tmp_path).send(PLAIN))
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    asyncio.run(inbox(tmp_path).send(PLAIN))
    assert path.stat().st_mode & 0o777 == 0o600


def test_after_a_crash_in_the_middle_of_a_line_the_next_begins_anew(tmp_path):
    """The torn one stays as it is; what comes after can be read."""
    path = tmp_path / "inbox.jsonl"
    path.write_bytes(b'{"taken":"2026-')
    asyncio.run(inbox(tmp_path).send(PLAIN))
    torn, whole = path.read_bytes().splitlines()
    assert torn == b'{"taken":"2026-'
    assert json.loads(whole)["title"] == PLAIN.title


def test_writers_at_once_make_whole_lines(tmp_path):
    """Two recipients may share a folder, and two servers a machine."""
    path = tmp_path / "inbox.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: append(path, b"%d%s\n" % (n, b"x" * 9000)), range(40)))
    lines = path.read_bytes().splitlines()
    assert sorted(int(line.rstrip(b"x")) for line in lines) == list(range(40))
    assert {len(line.lstrip(b"0123456789")) for line in lines} == {9000}


def test_a_full_disk_leaves_no_half_line(tmp_path):
    """Nothing is acknowledged, nothing is corrupt; a file as large as it may be says the same as a full disk."""
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from leeway.channels.inbox.channel import append; from leeway.errors import StoreFull\n"
        "path = Path(sys.argv[1]); append(path, b'first\\n')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))\n"
        "try:\n    append(path, b'x' * 5000 + b'\\n')\n"
        "except StoreFull as full:\n    print(full)\n"
    )
    path = tmp_path / "inbox.jsonl"
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert "takes no more" in done.stdout
    assert path.read_bytes() == b"first\n"


def test_a_folder_outside_of_the_declared_ones_is_refused(tmp_path):
    """Definitions are written by many; where Leeway writes is an admin's word. Links are followed first."""
    declared, other = tmp_path / "declared", tmp_path / "other"
    declared.mkdir()
    other.mkdir()
    (declared / "link").symlink_to(other)
    for folder in (other, declared / "link", declared / ".." / "other", tmp_path):
        with pytest.raises(Forbidden):
            inbox(folder, declared)
    with pytest.raises(Invalid):
        inbox(declared / "missing", declared)


def test_a_link_or_a_pipe_in_place_of_the_file_is_not_written(tmp_path):
    """Somebody else's file would grow, or the server would wait for ever."""
    victim = tmp_path / "victim"
    victim.write_text("")
    path = tmp_path / "inbox.jsonl"
    path.symlink_to(victim)
    with pytest.raises(Permanent):
        asyncio.run(inbox(tmp_path).send(PLAIN))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Permanent):
        asyncio.run(inbox(tmp_path).send(PLAIN))
    assert victim.read_text() == ""
