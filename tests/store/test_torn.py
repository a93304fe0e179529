"""A kill within a checkpoint tears a block of metadata: the file opens again, and holds what it held."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest

from leeway.errors import Permanent
from leeway.store.points.database import Database
from leeway.store.points.torn import HEADERS_END

PAGE, BLOCK = 4096, 262_144


def database(path):
    return Database(path, memory="200MB", threads=1, steps=("CREATE TABLE counts (number BIGINT, what VARCHAR)",))


def fill(path, numbers):
    """One commit, and the checkpoint of a proper end."""
    with closing(database(path)) as file:
        for number in numbers:
            file.transact(lambda cursor, n=number: cursor.execute("INSERT INTO counts VALUES (?, ?)", [n, f"row {n}"]))
            file.run(lambda cursor: cursor.execute("CHECKPOINT"))


def held(path):
    with closing(database(path)) as file:
        return file.run(lambda cursor: cursor.execute("SELECT number, what FROM counts ORDER BY number").fetchall())


def changed_blocks(before, after):
    """Blocks that were there and that the next checkpoint wrote anew."""
    ends = range(HEADERS_END + BLOCK, min(len(before), len(after)) + 1, BLOCK)
    return [end - BLOCK for end in ends if before[end - BLOCK : end] != after[end - BLOCK : end]]


def test_a_block_that_is_torn_anywhere_is_whole_again_and_nothing_is_lost(tmp_path):
    """Its first pages from the next checkpoint, the rest and the header from the one in force; at every page of it."""
    path, torn = tmp_path / "points.duckdb", tmp_path / "torn" / "points.duckdb"
    torn.parent.mkdir()
    tears = 0
    for round_ in range(6):
        fill(path, [2 * round_])
        before = path.read_bytes()
        wanted = held(path)
        before = path.read_bytes()
        fill(path, [2 * round_ + 1])
        after = path.read_bytes()
        for at in changed_blocks(before, after):
            for pages in (1, 2, 5, 17, 40, 63):
                edge = at + pages * PAGE
                torn.write_bytes(before[:at] + after[at:edge] + before[edge:])
                torn.with_suffix(".in-work").touch()
                assert held(torn) == wanted
                tears += len(list(torn.parent.glob("*.torn-*")))
                shutil.rmtree(torn.parent)
                torn.parent.mkdir()
    assert tears > 6, "nothing was torn, so nothing was shown"


def test_after_a_proper_end_a_wrong_checksum_is_a_fault_of_the_disk(tmp_path):
    """Nothing is mended, and nothing written."""
    path = tmp_path / "points.duckdb"
    fill(path, range(3))
    content = bytearray(path.read_bytes())
    content[HEADERS_END] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Permanent, match="checksum"):
        database(path)
    assert path.read_bytes() == bytes(content)


def test_a_log_that_the_file_holds_already_is_set_aside(tmp_path):
    """Two checkpoints later or more; a log that is newer than its file is not touched."""
    path, log = tmp_path / "points.duckdb", tmp_path / "points.duckdb.wal"
    fill(path, [1])
    older = path.read_bytes()
    with closing(database(path)) as file:
        file.transact(lambda cursor: cursor.execute("INSERT INTO counts VALUES (2, 'row 2')"))
        stale = log.read_bytes()
    fill(path, [3, 4])
    assert not log.exists()
    log.write_bytes(stale)
    path.with_suffix(".in-work").touch()
    assert held(path) == [(number, f"row {number}") for number in (1, 2, 3, 4)]
    assert [one.read_bytes() for one in tmp_path.glob("points.duckdb.stale-*")] == [stale]
    with closing(database(path)) as file:
        file.transact(lambda cursor: cursor.execute("INSERT INTO counts VALUES (5, 'row 5')"))
        newer = log.read_bytes()
    path.write_bytes(older)
    log.write_bytes(newer)
    path.with_suffix(".in-work").touch()
    with pytest.raises(Permanent):
        database(path)
    assert log.read_bytes() == newer
