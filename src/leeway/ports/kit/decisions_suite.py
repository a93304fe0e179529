"""The contract of every DecisionStore: subclass `DecisionStoreSuite`, say how to open one, and pytest runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.core.alerting.decide import Suppression
from leeway.ports.decisions import Decision, DecisionStore, Verdict

Opener = Callable[[Path], DecisionStore]

KEPT = Decision("k1", 600.5, Verdict.KEPT, "silenced by ann “x”", Suppression.SILENCE)
SENT = Decision("k1", 900.5, Verdict.SENT, "on-call")
ALONE = Decision("k2", 700.0, Verdict.KEPT, "nobody is named who could be told")


class DecisionStoreSuite:
    """What people who ask why count on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> DecisionStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_decisions_are_there_again_newest_first(self, store: DecisionStore) -> None:
        """Every field; those about the alerts that are asked for, however many."""
        store.note([KEPT, ALONE, SENT])
        assert store.decisions(["k1"]) == (SENT, KEPT)
        assert store.decisions([*(f"x{number}" for number in range(1_200)), "k2", "k1"]) == (SENT, ALONE, KEPT)
        assert store.decisions([]) == ()

    def test_what_stands_already_is_not_written_again(self, store: DecisionStore) -> None:
        """The first time counts; what was decided in between makes it another decision."""
        store.note([KEPT])
        store.note([replace(KEPT, at=660.0), SENT])
        store.note([replace(KEPT, at=960.0)])
        assert [one.at for one in store.decisions(["k1"])] == [960.0, 900.5, 600.5]
