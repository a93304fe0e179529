"""Both stores of guards keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.guards_suite import GuardStoreSuite
from leeway.ports.kit.memory_guards import MemoryGuards
from leeway.store import open_state


class TestSqliteGuards(GuardStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.guards


class TestMemoryGuards(GuardStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemoryGuards()
