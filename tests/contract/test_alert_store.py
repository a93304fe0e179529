"""Both stores of alerts keep the ports' promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.alerts_suite import AlertStoreSuite
from leeway.ports.kit.memory_alerts import MemoryAlerts
from leeway.ports.kit.outbox_suite import OutboxSuite
from leeway.store import open_state


class TestSqliteAlerts(AlertStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.alerts


class TestMemoryAlerts(AlertStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemoryAlerts()


class TestSqliteOutbox(OutboxSuite):
    @pytest.fixture
    def stores(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.alerts, state.outbox


class TestMemoryOutbox(OutboxSuite):
    @pytest.fixture
    def stores(self):
        alerts = MemoryAlerts()
        return alerts, alerts
