"""Both stores of points keep the port's promises: DuckDB's and the one in memory that tests use."""

from __future__ import annotations

import pytest

from leeway.ports.kit.days_suite import DaysSuite
from leeway.ports.kit.fakes import Held, MemoryPoints
from leeway.ports.kit.points_suite import PointStoreSuite
from leeway.ports.kit.received_suite import ReceivedSuite
from leeway.ports.kit.sketch_suite import SketchSuite
from leeway.store import open_points


class TestDuckPoints(PointStoreSuite, SketchSuite, DaysSuite, ReceivedSuite):
    @pytest.fixture
    def opener(self):
        return open_points


class TestMemoryPoints(PointStoreSuite, SketchSuite, DaysSuite, ReceivedSuite):
    @pytest.fixture
    def opener(self):
        disks = {}
        return lambda folder: MemoryPoints(disks.setdefault(folder, Held()))
