"""Both stores of silences keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.memory_silences import MemorySilences
from leeway.ports.kit.silences_suite import SilenceStoreSuite
from leeway.store import open_state


class TestSqliteSilences(SilenceStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.silences


class TestMemorySilences(SilenceStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemorySilences()
