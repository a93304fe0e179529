"""Pasts that are read while somebody looks."""

from __future__ import annotations

import asyncio
from typing import cast

import numpy as np

from leeway.engine.asking import Asking
from leeway.formats.openslo import read_back
from leeway.formats.points import Owner, Table
from leeway.lab.rehearsal import Pasts
from leeway.ports.kit.clock import VirtualClock
from leeway.spec.library import Library

LIBRARY = Library.of(
    read_back(
        """
apiVersion: openslo/v1
kind: SLO
metadata: {name: bar}
spec:
  service: bar
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: all, target: 0.99}]
  indicator:
    metadata: {name: served}
    spec:
      ratioMetric:
        good: {metricSource: {type: prometheus, spec: {query: good}}}
        total: {metricSource: {type: prometheus, spec: {query: total}}}
""",
        "bar.yaml",
    )
)


class SlowAsking:
    """In place of a source that answers when the test says so; the real one is asked in the tests of the wizard."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()

    async def past(self, *_: object) -> tuple[Table, tuple[()]]:
        await self.answers.wait()
        times = np.arange(0, 600, 60)
        return Table.of_one(Owner("bar"), times, good=np.full(10, 9.0), total=np.full(10, 10.0)), ()


def test_who_looks_at_a_past_sees_one_moment_of_it():
    """A page is put together from one look: what it says first and what it says last are of the same moment."""

    async def look() -> None:
        asking = SlowAsking()
        pasts = Pasts(cast("Asking", asking), VirtualClock())
        key = pasts.ask(LIBRARY, 600)
        early = pasts.get(key)
        assert early is not None
        assert early.task is not None
        asking.answers.set()
        await early.task
        late = pasts.get(key)
        assert (early.reading, early.series) == (True, ())
        assert late is not None
        assert not late.reading
        assert [len(one.table) for one in late.series] == [10]

    asyncio.run(look())
