"""The law of the acknowledgement: kill the server at any moment, and every acknowledged point is there exactly once."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from leeway.core.window import Span
from leeway.ports.kit.fakes import MemoryPoints
from leeway.ports.points import Collected, Key, Rows
from leeway.ports.source import ComputedBy, Provenance
from leeway.store import open_points
from leeway.store.points import database

SEED = 20261122
DAY = 20_000
DAYS = 3
CLIENTS = 4
EVERYTHING = Span(DAY * 86_400, (DAY + DAYS) * 86_400)


def content(number):
    """Rows of a batch, the same whenever it is sent; few series and slices, so that batches supersede others."""
    dice = np.random.default_rng(number)
    count = int(dice.integers(1, 60))
    total = dice.integers(0, 1000, count)
    return Rows(
        dice.integers(0, 5, count).astype(np.int32),
        DAY * 86_400 + 900 * dice.integers(0, DAYS * 96, count),
        total - dice.integers(0, total + 1),
        total,
        np.where(dice.random(count) < 0.3, dice.random(count), np.nan),
    )


def fence(number):
    """Two owners whose writes arrive mixed."""
    return int(np.random.default_rng(number).integers(0, 2))


def client(folder, first, *again):
    """In a process of its own, to be killed: sends batches, says what was acknowledged, compacts now and then."""
    numbers = itertools.chain(map(int, again), itertools.count(int(first)))
    pen = threading.Lock()

    def say(*words):
        with pen:
            sys.stdout.write(" ".join(map(str, words)) + "\n")
            sys.stdout.flush()

    database.CHECKPOINT_BYTES = 100_000  # so that kills meet checkpoints too
    say("opening", os.getpid())
    store = open_points(Path(folder))

    def send():
        while True:
            with pen:
                number = next(numbers)
            say("sent", number)
            told = Provenance("test", f"batch {number}", Span(0, 60), 60, "", 0.0, ComputedBy.LEEWAY)
            answer = store.append(
                content(number),
                known_at=number,
                fence=fence(number),
                readings=[Collected(0, told, 1)],
                key=Key(f"batch {number}", str(number)),
            )
            say("acknowledged", number, answer.seq)

    for _ in range(CLIENTS):
        threading.Thread(target=send, daemon=True).start()
    while True:
        threading.Event().wait(random.random() / 10)
        store.compact(DAY + random.randrange(DAYS))


def launcher():
    """Forks a client for each line on its input, so that a life costs no start of Python; opens no store itself."""
    for line in sys.stdin:
        if os.fork() == 0:
            client(*line.split())
        os.wait()
        sys.stdout.write("dead\n")
        sys.stdout.flush()


def life(launched, folder, first, again, patience_s):
    """Sent and acknowledged batches (number → seq) from the start of a client until it was killed."""
    launched.stdin.write(" ".join(map(str, [folder, first, *again])) + "\n")
    launched.stdin.flush()
    opening, number = launched.stdout.readline().split()
    assert opening == "opening"
    timer = threading.Timer(patience_s, os.kill, [int(number), signal.SIGKILL])
    timer.start()
    sent, acknowledged = set(), {}
    while (line := launched.stdout.readline()) != "dead\n":
        word, *numbers = line.split()
        if word == "sent":
            sent.add(int(numbers[0]))
        else:
            acknowledged[int(numbers[0])] = int(numbers[1])
    timer.join()
    return sent, acknowledged


def held_versions(store):
    """Every version in the file, wherever it lies, by (seq, series, time)."""
    return store._database.run(
        lambda cursor: cursor.execute("""
            SELECT seq, series, time, good, total, value, known_at, fence FROM (
                FROM points UNION ALL FROM history UNION ALL FROM superseded)
            ORDER BY seq, series, time
        """).fetchall()
    )


def receipts(store):
    """Batch number → seq, for every key in the file."""
    found = store._database.run(lambda cursor: cursor.execute("SELECT digest, seq FROM receipts").fetchall())
    return {int(number): seq for number, seq in found}


def expected_store(durable):
    """The plain model, given the durable batches in the order of their seq."""
    model = MemoryPoints()
    for number, seq in sorted(durable.items(), key=lambda each: each[1]):
        model.held.seq = seq - 1
        model.append(content(number), known_at=number, fence=fence(number))
    return model


def plain(value):
    return None if value is None or value != value else value


def assert_equals_the_model(store, model):
    expected = sorted(
        (each.seq, each.series, each.time, each.good, each.total, plain(each.value), each.known_at, each.fence)
        for each in model.held.versions
    )
    assert held_versions(store) == expected
    ours, theirs = store.read_all(range(5), EVERYTHING), model.read_all(range(5), EVERYTHING)
    for column in ("series", "time", "good", "total", "value"):
        np.testing.assert_array_equal(getattr(ours, column), getattr(theirs, column))


@pytest.fixture
def launched():
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


@pytest.mark.timeout(1800)
def test_every_acknowledged_point_is_there_exactly_once_after_each_kill(tmp_path: Path, rounds, launched):
    """200 kills (a tenth in the short run) during opening, appends, compaction and checkpoints; batches that were not
    acknowledged are sent again with their key."""
    dice = random.Random(SEED)
    first, again, acknowledged = 0, [], {}
    for number in range(rounds(200)):
        sent, fresh = life(launched, tmp_path, first, again, dice.uniform(0.0, 1.0))
        acknowledged.update(fresh)
        first = max(sent, default=first - 1) + 1
        again = sorted((sent | set(again)) - acknowledged.keys())
        with closing(open_points(tmp_path)) as store:
            durable = receipts(store)
            lost = {batch: seq for batch, seq in acknowledged.items() if durable.get(batch) != seq}
            assert not lost, f"acknowledged but lost in life {number}: {lost}"
            assert durable.keys() <= acknowledged.keys() | set(again)
            assert_equals_the_model(store, expected_store(durable))
            assert len(store.readings(0, Span(0, 60), limit=10**9)) == len(durable)
    assert len(acknowledged) > rounds(200), "the clients hardly did anything"


if __name__ == "__main__":
    launcher()
