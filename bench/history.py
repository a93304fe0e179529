"""A data folder with a month behind it: definitions, every minute of every series, days compacted, hours saved."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.fleet import NOW, WINDOW_S
from bench.place import ShiftedClock, cache, config
from leeway.app import running
from leeway.core.objective import DAY_S
from leeway.core.points import Ints
from leeway.core.quality import COUNT_SCALE
from leeway.engine.views import SourceText
from leeway.ports.points import Rows
from leeway.store import open_points
from leeway.store.points import schema

TODAY = NOW - NOW % DAY_S

MADE = "today by the minute"

DEFINITION = """
apiVersion: openslo/v1
kind: SLO
metadata: {{name: slo-{number}}}
spec:
  service: bench
  indicator:
    metadata: {{name: sli-{number}}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: json_push, spec: {{push: good}}}}}}
        total: {{metricSource: {{type: json_push, spec: {{push: total}}}}}}
  timeWindow: [{{duration: 30d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{displayName: main, target: 0.999}}]
"""


@dataclass(frozen=True, slots=True)
class History:
    """The folder, the moment at which it ends, and the series of slo-0, slo-1, …"""

    data: Path
    at: int
    series: tuple[int, ...]
    days: int


def history(slos: int, days: int) -> History:
    """Made once and kept in the cache; takes minutes for 1,000 SLOs × 30 days."""
    mark = hashlib.sha256(repr((schema.STEPS, DEFINITION, NOW, MADE)).encode()).hexdigest()[:12]
    place = cache() / f"history-{slos}x{days}-{mark}"
    made = place / "made.json"
    if not made.exists():
        shutil.rmtree(place, ignore_errors=True)
        made.write_text(json.dumps(asyncio.run(_make(place / "data", slos, days))))
    return History(place / "data", NOW, tuple(json.loads(made.read_text())), days)


def minutes(slos: int, midnight: int) -> tuple[Ints, Ints]:
    """Good and total events of each minute (rows) of a day, by SLO."""
    dice = np.random.default_rng(midnight)
    total = dice.integers(0, 1_000, (DAY_S // 60, slos))
    bad = np.where(dice.random(total.shape) < 0.02, dice.integers(0, 20, total.shape), 0)
    return total - np.minimum(bad, total), total


async def define(data: Path, slos: int, at: float) -> tuple[int, ...]:
    """Applies the definitions; the series of slo-0, slo-1, …"""
    text = "---".join(DEFINITION.format(number=number) for number in range(slos))
    async with running(config(data), ShiftedClock(at)) as leeway:
        await leeway.engine.apply((SourceText("slos.yaml", text),), prune=False, by="bench", expected=None)
        known = {source.slo: source.series for source in leeway.engine.sources()}
    return tuple(known[f"slo-{number}"] for number in range(slos))


async def _make(data: Path, slos: int, days: int) -> tuple[int, ...]:
    series = await define(data, slos, NOW)
    with closing(open_points(data)) as points:
        for midnight in range(TODAY - days * DAY_S, TODAY, DAY_S):
            good, total = minutes(slos, midnight)
            time = midnight + 60 * np.arange(len(total), dtype=np.int64)
            points.append(_rows(series, time, good, total), known_at=(midnight + DAY_S) * 1_000_000)
            points.compact(midnight // DAY_S)
        good, total = minutes(slos, TODAY)
        for minute, time in enumerate(range(TODAY, NOW, 60)):
            rows = _rows(series, np.array([time]), good[minute], total[minute])
            points.append(rows, known_at=(time + 60) * 1_000_000)
    return series


def _rows(series: tuple[int, ...], time: Ints, good: Ints, total: Ints) -> Rows:
    return Rows(
        np.tile(np.array(series, np.int32), len(time)),
        np.repeat(time, len(series)),
        good.ravel() * COUNT_SCALE,
        total.ravel() * COUNT_SCALE,
        np.full(good.size, np.nan),
    )


async def settle(data: Path) -> None:
    """Runs the server until it has saved its finished days; what arrived today, it has seen none of yet.

    Each does so soon after a midnight, and soon after a start.
    """
    async with running(config(data), ShiftedClock(NOW)) as leeway:
        while not leeway.engine._settling._settled:  # noqa: ASYNC110, SLF001 - it tells nobody, for nobody else asks
            await asyncio.sleep(0.1)
    with closing(open_points(data)) as points:
        points.mark_hours(max(change.seq for change in points.changes(0, before=TODAY)))


def truth(slos: int, place: int, days: int, as_of: int) -> tuple[int, int]:
    """Good and total events of one SLO in the window that ends at `as_of`, of those before NOW."""
    good = total = 0
    for midnight in range(NOW - NOW % DAY_S - days * DAY_S, NOW, DAY_S):
        time = midnight + 60 * np.arange(DAY_S // 60)
        inside = (time >= as_of - WINDOW_S) & (time < NOW)
        for_good, for_total = minutes(slos, midnight)
        good += int(for_good[inside, place].sum())
        total += int(for_total[inside, place].sum())
    return good, total
