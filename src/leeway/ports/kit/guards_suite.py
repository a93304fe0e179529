"""The contract of every GuardStore: subclass `GuardStoreSuite`, say how to open one, and pytest runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.core.sparse.guard import UNMEASURED, Guard
from leeway.ports.guards import GuardStore, Measured

Opener = Callable[[Path], GuardStore]

ONE = Measured(1, Guard(7.5e-5, 0.013, 0.12, 28.0, 11_520.0), 600.5)
OTHER = Measured(2, UNMEASURED, 700.0)


class GuardStoreSuite:
    """What the decision to wake somebody counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> GuardStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_what_was_measured_is_there_again(self, store: GuardStore) -> None:
        """Every field, to the last digit; also that nothing was measured yet."""
        store.keep([ONE, OTHER])
        store.keep([])
        assert store.guards() == {1: ONE, 2: OTHER}

    def test_what_is_measured_anew_stands_for_what_was_before(self, store: GuardStore) -> None:
        """Of that objective alone, also twice at once: the last counts."""
        newer = replace(ONE, at=900.0, guard=replace(ONE.guard, alpha=1e-3))
        store.keep([ONE, OTHER])
        store.keep([replace(newer, at=800.0), newer])
        assert store.guards() == {1: newer, 2: OTHER}
