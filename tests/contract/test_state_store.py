"""Both stores of state keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

import pytest

from leeway.ports.kit.fakes import HeldState, MemoryState
from leeway.ports.kit.state_suite import StateStoreSuite
from leeway.store import open_state


class TestSqliteState(StateStoreSuite):
    @pytest.fixture
    def opener(self):
        return open_state


class TestMemoryState(StateStoreSuite):
    @pytest.fixture
    def opener(self):
        disks = {}
        return lambda folder: MemoryState(disks.setdefault(folder, HeldState()))
