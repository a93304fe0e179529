"""A shop in which every page has something to show: gaps, burns below zero, alerts, silences, notes, a dead source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.server.burning import definitions
from tests.server.serving import HOUR, NOW, TWO, Served, apart, points, served, slo

from leeway.app import running
from leeway.config import Config
from leeway.core.alerting.silence import Scope
from leeway.engine.alerts.silences import SilenceWish
from leeway.engine.charts.annotations import AnnotationWish
from leeway.engine.views import SourceText
from leeway.ports.kit.clock import VirtualClock

PROMISE = """\
Orders of the **old** shop, by *many* hands. See [the runbook](https://shop.example/runbook), <https://shop.example>:

1. look at `orders --since 1h --very-long-option-that-does-not-fit-on-a-phone=of-three-hundred-and-twenty-pixels`
2. wait

> It heals by itself.

```
systemctl restart orders --with-words-that-are-wider-than-any-phone-that-anybody-has-seen-until-now
```
---
so far
"""
"""A description with all that Markdown may make of it."""

GAP = (NOW - 320 * 60, NOW - 200 * 60)
"""The minutes of `gappy` that nobody knows of, far from its ends."""

FILES = """\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: dead}}
spec:
  service: bar
  indicator:
    metadata: {{name: dead-sli}}
    spec:
      ratioMetric:
        counter: false
        good: {{metricSource: {{type: files, spec: {{path: {path}, column: good}}}}}}
        total: {{metricSource: {{type: files, spec: {{path: {path}, column: total}}}}}}
  timeWindow: [{{duration: 1d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.9}}]
"""
EXAMPLES = {"slo": "gappy", "week": "2026-09-14"}
"""What the names in the addresses of pages stand for here."""


async def fill(data: Path, folder: Path) -> None:
    """As of NOW."""
    async with running(Config(data=data, file_roots=(folder,)), VirtualClock(NOW)) as leeway:
        engine, silences = leeway.engine, leeway.engine.alarm.silences
        dead = FILES.format(path=folder / "nothing.csv")
        texts = (definitions(folder), _described("gappy"), slo("greeting", "bar", TWO, "Timeslices"), dead)
        await engine.apply((SourceText("shop.yaml", "---\n".join(texts)),), prune=False, by="seed", expected=None)
        over = await silences.add(SilenceWish(Scope(slo="search"), "bob", "a move", lasts_s=60.0))
        await silences.end(over.silence.number, "bob")
        await silences.add(SilenceWish(Scope(slo="checkout"), "ann", "a new <index>", lasts_s=7_200.0))
        later = SilenceWish(Scope(slo="gappy"), "ann", "a new disk", starts_at=NOW + HOUR, ends_at=NOW + 2.0 * HOUR)
        await silences.add(later)
        for name in ("search", "checkout", "basket", "lonely"):
            await engine.push(points(name, 80, 100, range(1, 601)), None)
        await engine.push(points("calm", 100, 100, range(1, 601)), None)
        await engine.push(points("greeting", 4, 4, range(1, 601)), None)
        await engine.push(points("gappy", 99, 100, range(1, 201)), None)
        await engine.push(points("gappy", 97, 100, range(321, 601)), None)
        await engine.push(points("gappy", 0, 100, range(60, 121)), None)
        await engine.annotations.add(
            "gappy",
            AnnotationWish("release `42`, [what is in it](https://shop.example/42)", "ann", NOW - 125 * 60, None),
        )
        await engine.annotations.add("gappy", AnnotationWish("a move", "bob", NOW - 500 * 60, NOW - 440 * 60))


def _described(name: str) -> str:
    return slo(name).replace("spec:\n", f"spec:\n  description: {json.dumps(PROMISE)}\n", 1)


@contextmanager
def whole_shop(folder: Path) -> Iterator[Served]:
    """Served until the block ends."""
    (folder / "inbox").mkdir()
    apart(fill(folder / "data", folder / "inbox"))
    with served(folder / "data", roots=(folder / "inbox",)) as server:
        yield server
