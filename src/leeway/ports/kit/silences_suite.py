"""The contract of every SilenceStore: subclass `SilenceStoreSuite`, say how to open one, and pytest runs all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from leeway.core.alerting.silence import Scope, Silence
from leeway.errors import Conflict, NotFound
from leeway.ports.silences import SilenceStore

Opener = Callable[[Path], SilenceStore]

SCOPE = Scope("checkout", "shop", "fast burn", (("team", "pay “x”"), ("tier", "1")))
SILENCE = Silence(0, SCOPE, 600.5, 900.5, "ann", "a new database; Größe")


class SilenceStoreSuite:
    """What the watcher and people count on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> SilenceStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_a_silence_is_there_again_with_a_number_of_its_own(self, store: SilenceStore) -> None:
        """Every field, also of one about everything; the newest comes first."""
        first, second = store.add(SILENCE), store.add(replace(SILENCE, scope=Scope()))
        assert first == replace(SILENCE, number=first.number)
        assert second.number > first.number
        assert store.silences() == (second, first)

    def test_those_that_are_over_can_be_left_out(self, store: SilenceStore) -> None:
        """The end does not belong to a silence."""
        over, later = store.add(SILENCE), store.add(replace(SILENCE, ends_at=1_000.0))
        assert store.silences(ending_after=900.5) == (later,)
        assert store.silences(ending_after=900.0) == (later, over)

    def test_a_silence_that_is_ended_stays_for_the_record(self, store: SilenceStore) -> None:
        """With who ended it, and when; it cannot be ended twice."""
        kept = store.add(SILENCE)
        ended = store.end(kept.number, by="bob", at=700.25)
        assert ended == replace(kept, ends_at=700.25, ended_by="bob")
        assert store.silences() == (ended,)
        with pytest.raises(Conflict):
            store.end(kept.number, by="ann", at=700.25)

    def test_a_silence_that_is_called_off_never_was_in_force(self, store: SilenceStore) -> None:
        """Ended before it began, it has no length."""
        called_off = store.end(store.add(SILENCE).number, by="bob", at=500.0)
        assert called_off.length_s == 0

    def test_what_is_over_or_never_was_cannot_be_ended(self, store: SilenceStore) -> None:
        """And stays as it is."""
        kept = store.add(SILENCE)
        with pytest.raises(Conflict):
            store.end(kept.number, by="bob", at=900.5)
        with pytest.raises(NotFound):
            store.end(kept.number + 1, by="bob", at=700.0)
        assert store.silences() == (kept,)
