"""Both stores of people keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.memory_people import MemoryPeople
from leeway.ports.kit.people_suite import PeopleStoreSuite
from leeway.store import open_state


class TestSqlitePeople(PeopleStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.people


class TestMemoryPeople(PeopleStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemoryPeople()
