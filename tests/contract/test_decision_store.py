"""Both records of decisions keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.decisions_suite import DecisionStoreSuite
from leeway.ports.kit.memory_decisions import MemoryDecisions
from leeway.store import open_state


class TestSqliteDecisions(DecisionStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.decisions


class TestMemoryDecisions(DecisionStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemoryDecisions()
