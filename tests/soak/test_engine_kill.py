"""The law of the whole server: kill it at any moment, start it, and every budget is as if nothing had happened."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.soak.test_store_kill import held_versions, plain, receipts

from leeway.app import Config, running
from leeway.cli.logs import write_logs
from leeway.core.objective import DAY_S
from leeway.core.quality import COUNT_SCALE
from leeway.engine import engine as engine_module
from leeway.engine import query
from leeway.engine.views import SourceText
from leeway.ports.points import Key, Rows
from leeway.ports.push import PushBatch
from leeway.store import open_points
from leeway.store.points import database

SEED = 20261123
BEGIN = 20_500 * DAY_S + 23 * 3_600
"""An hour before a midnight, so that days are settled on the way."""

PER_BATCH_S = 2
"""How far each batch moves the clock: time is driven by work, so a busy machine changes nothing."""

CLIENTS = 3
NAMES = ("bar", "cellar", "door", "kitchen")

COUNTED = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: bar
  indicator:
    metadata: {{name: {name}-sli}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: json_push, spec: {{push: good}}}}}}
        total: {{metricSource: {{type: json_push, spec: {{push: total}}}}}}
  timeWindow: [{window}]
  budgetingMethod: {method}
  objectives: [{objectives}]
"""
MEASURED = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: kitchen}
spec:
  service: bar
  indicator:
    metadata: {name: kitchen-sli}
    spec: {thresholdMetric: {metricSource: {type: json_push, spec: {push: value}}}}
  timeWindow: [{duration: 7d, isRolling: true}]
  budgetingMethod: Timeslices
  objectives: [{displayName: main, target: 0.9, timeSliceTarget: 0.5, timeSliceWindow: 10m, op: lte, value: 30}]
"""
MONTH = "{duration: 1M, isRolling: false, calendar: {startTime: '2026-01-01 00:00:00', timeZone: Europe/Vienna}}"
DEFINITIONS = (
    COUNTED.format(
        name="bar",
        window="{duration: 28d, isRolling: true}",
        method="Occurrences",
        objectives="{displayName: main, target: 0.99}, {displayName: high, target: 0.999}",
    ),
    COUNTED.format(
        name="cellar",
        window=MONTH,
        method="Timeslices",
        objectives="{displayName: main, target: 0.95, timeSliceTarget: 0.9, timeSliceWindow: 5m}",
    ),
    COUNTED.format(
        name="door",
        window="{duration: 7d, isRolling: true}",
        method="RatioTimeslices",
        objectives="{displayName: main, target: 0.9, timeSliceWindow: 7m}",
    ),
    MEASURED,
)


class DrivenClock:
    """Time moves with the number of batches; waiting waits in earnest, but not for long."""

    def __init__(self, batches: int) -> None:
        self.batches = batches

    def now(self) -> float:
        return BEGIN + PER_BATCH_S * self.batches

    def monotonic(self) -> float:
        return float(PER_BATCH_S * self.batches)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


def content(number):
    """Rows of a batch, the same whenever it is sent: of the last minutes, of the last days, of the last weeks."""
    dice = np.random.default_rng(number)
    count = int(dice.integers(1, 40))
    reach = dice.choice([30, 5 * 1440, 40 * 1440])
    now = (BEGIN + PER_BATCH_S * number) // 60
    series = dice.integers(0, len(NAMES), count).astype(np.int32)
    time = 60 * (now - 1 - dice.integers(0, reach, count))
    keep = np.unique(np.stack([series, time]), axis=1, return_index=True)[1]
    series, time, total = series[keep], time[keep], dice.integers(0, 50, count)[keep].astype(float)
    counted, good = NAMES.index("kitchen") != series, np.floor(total * dice.uniform(0.5, 1.3, len(keep)).clip(0, 1))
    return PushBatch(
        NAMES,
        series,
        time,
        np.where(counted, good, np.nan),
        np.where(counted, total, np.nan),
        np.where(counted, np.nan, total),
        np.arange(len(keep)),
    )


def config(folder):
    return Config(data=Path(folder))


async def serve(folder, clock, numbers, say):
    """The real engine under load: pushes, fast ticks, and at random moments all else that it does."""
    async with running(config(folder), clock) as leeway:
        engine = leeway.engine
        say("ready")

        async def send():
            for number in numbers:
                clock.batches = max(clock.batches, number)
                say("sent", number)
                receipt = await engine.push(content(number), Key(f"batch {number}", str(number)))
                assert not receipt.quarantined
                say("acknowledged", number, receipt.seq)
                await asyncio.sleep(random.random() / 20)

        async def disturb():
            while True:
                await asyncio.sleep(random.random() / 20)
                day = int(clock.now()) // DAY_S - random.randrange(8)
                match random.randrange(3):
                    case 0:
                        await asyncio.to_thread(engine._points.compact, day)
                    case 1:
                        engine._settling.forget()  # the next tick settles again
                    case 2:
                        await engine.statuses()

        await asyncio.gather(disturb(), *(send() for _ in range(CLIENTS)))


def client(folder, first, *again):
    """In a process of its own, to be killed."""

    def say(*words):
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()

    database.CHECKPOINT_BYTES = 100_000  # so that kills meet checkpoints too
    engine_module.TICK_S = 0.005
    random.seed(int(first))
    say("opening", os.getpid())
    numbers = itertools.chain(map(int, again), itertools.count(int(first)))
    asyncio.run(serve(folder, DrivenClock(int(first)), numbers, say))


def launcher():
    """Forks a client for each line on its input, so that a life costs no start of Python; it logs where errors go."""
    write_logs()
    for line in sys.stdin:
        if os.fork() == 0:
            client(*line.split())
        os.wait()
        sys.stdout.write("dead\n")
        sys.stdout.flush()


def life(launched, folder, first, again, dice):
    """Sent and acknowledged batches (number → seq) of a client until it was killed, one in four while it starts."""
    launched.stdin.write(" ".join(map(str, [folder, first, *again])) + "\n")
    launched.stdin.flush()
    opening, number = launched.stdout.readline().split()
    assert opening == "opening"
    timer = threading.Timer(dice.uniform(0.0, 0.6), os.kill, [int(number), signal.SIGKILL])
    starting = dice.random() < 0.25
    if starting:
        timer.start()
    sent, acknowledged = set(), {}
    while (line := launched.stdout.readline()) != "dead\n":
        word, *numbers = line.split()
        match word:
            case "ready" if not starting:
                timer.start()
            case "sent":
                sent.add(int(numbers[0]))
            case "acknowledged":
                acknowledged[int(numbers[0])] = int(numbers[1])
    timer.join()
    return sent, acknowledged


async def define(folder):
    """The definitions, and the number of each name's series."""
    async with running(config(folder), DrivenClock(0)) as leeway:
        files = tuple(SourceText(f"{place}.yaml", text) for place, text in enumerate(DEFINITIONS))
        plan = await leeway.engine.apply(files, prune=False, by="test", expected=None)
        assert len(plan.changes) == len(NAMES)
        return {source.slo: source.series for source in leeway.engine.sources()}


async def restarted(folder, batches):
    """The goals and what the engine says of them right after a start."""
    async with running(config(folder), DrivenClock(batches)) as leeway:
        statuses = await leeway.engine.statuses()
        return leeway.engine._catalog.goals, {(one.slo, one.assessment.objective.name): one for one in statuses}


def rows(number, series):
    """A batch as it lies in the store: counts in quanta, a value as one event that is yet to be judged."""
    batch = content(number)
    value = np.isnan(batch.total)
    good = np.where(value, 0, batch.good).astype(np.int64) * COUNT_SCALE
    total = np.where(value, 1, np.nan_to_num(batch.total) * COUNT_SCALE).astype(np.int64)
    return Rows(
        np.array([series[NAMES[name]] for name in batch.series], np.int32), batch.time, good, total, batch.value
    )


class Undisturbed:
    """A store that took the same batches in the same order, and was never killed, compacted or followed."""

    def __init__(self, folder, series):
        self.series = series
        self.points = open_points(folder)
        self.versions = []
        self.known = set()

    def take(self, durable):
        """Batches that became durable since the last life; their order is that of their sequence numbers."""
        for number, seq in sorted(durable.items(), key=lambda each: each[1]):
            if number not in self.known:
                self.known.add(number)
                new = rows(number, self.series)
                self.points.append(new, known_at=0)
                columns = (new.series, new.time, new.good, new.total)
                told = zip(*(column.tolist() for column in columns), map(plain, new.value.tolist()), strict=True)
                self.versions.extend((seq, *row) for row in told)
        self.versions.sort(key=lambda each: each[:3])


@pytest.fixture
def launched(tmp_path):
    command = [sys.executable, "-c", "from tests.soak.test_engine_kill import launcher; launcher()"]
    root = Path(__file__).parents[2]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, stderr=log, cwd=root, **pipes) as process:
        yield process
        process.stdin.close()


@pytest.mark.timeout(3600)
def test_after_each_kill_every_budget_is_that_of_a_server_that_was_never_killed(tmp_path: Path, rounds, launched):
    """200 kills (a tenth in the short run) during start, pushes, evaluation, settling and compaction: every
    acknowledged point is there exactly once, and the live look-ups equal a fresh computation over the same points."""
    dice = random.Random(SEED)
    model = Undisturbed(tmp_path / "undisturbed", asyncio.run(define(tmp_path / "killed")))
    first, again, acknowledged = 0, [], {}
    for number in range(rounds(200)):
        sent, fresh = life(launched, tmp_path / "killed", first, again, dice)
        acknowledged.update(fresh)
        first = max(sent, default=first - 1) + 1
        again = sorted((sent | set(again)) - acknowledged.keys())
        with closing(open_points(tmp_path / "killed")) as store:
            durable = receipts(store)
            lost = {batch: seq for batch, seq in acknowledged.items() if durable.get(batch) != seq}
            assert not lost, f"acknowledged but lost in life {number}: {lost}"
            assert durable.keys() <= acknowledged.keys() | set(again)
            model.take(durable)
            assert [(*row[:5], plain(row[5])) for row in held_versions(store)] == model.versions
        assert_budgets_agree(tmp_path / "killed", model.points, first)
    model.points.close()
    assert [line for line in (tmp_path / "log").read_text().splitlines() if "exception" in line] == []
    assert len(acknowledged) > rounds(200), "the clients hardly did anything"


def assert_budgets_agree(folder, undisturbed, batches):
    """What the engine shows, from its ledgers, and a track over the undisturbed points: one and the same."""
    goals, statuses = asyncio.run(restarted(folder, batches))
    assert len(goals) == len(statuses) == 5
    for goal in goals:
        shown = statuses[goal.slo, goal.objective.name].assessment
        past = query.past(goal, undisturbed, shown.as_of, None)
        assert replace(shown, adjusted=None) == replace(past, adjusted=None), (
            goal
        )  # it is of the hour, not of the minute


if __name__ == "__main__":
    launcher()
