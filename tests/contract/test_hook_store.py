"""SQLite's store keeps the port's promises to hooks."""

from __future__ import annotations

import pytest

from leeway.ports.kit.hooks_suite import HookStoreSuite
from leeway.store import open_state


class TestSqliteHooks(HookStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda folder: open_state(folder).hooks
