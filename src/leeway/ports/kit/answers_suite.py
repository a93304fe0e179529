"""The contract of every AnswerStore: subclass `AnswerStoreSuite`, say how to open one, and pytest runs it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leeway.ports.answers import Answer, AnswerStore, Claim, Name

Opener = Callable[[Path], AnswerStore]

NAME = Name("/api/v1/silences?", "k1")
DONE = Answer(202, b'{"number": 1, "odd": "\xc3\xbc\x00"}', "application/json")


class AnswerStoreSuite:
    """What whoever sends a request again counts on. Give `opener`; everything else follows."""

    @pytest.fixture
    def opener(self) -> Opener:
        """Opens the store kept in a folder, and makes it when the folder is new."""
        raise NotImplementedError("the suite needs to know how a store is opened")

    @pytest.fixture
    def store(self, opener: Opener, tmp_path: Path) -> AnswerStore:
        """A new one."""
        return opener(tmp_path / "data")

    def test_who_comes_first_has_it_and_the_others_are_told_of_him(self, store: AnswerStore) -> None:
        """Before it is carried out, and after it with the answer, to the byte."""
        assert store.claim(NAME, "d1", 600.5) is None
        assert store.claim(NAME, "d2", 700.0) == Claim("d1", 600.5)
        store.keep(NAME, DONE)
        assert store.claim(NAME, "d1", 800.0) == Claim("d1", 600.5, DONE)

    def test_an_answer_without_a_body_is_one(self, store: AnswerStore) -> None:
        """Not to be taken for a claim that was broken off."""
        store.claim(NAME, "d1", 600.0)
        store.keep(NAME, Answer(204, b"", ""))
        assert store.claim(NAME, "d1", 700.0) == Claim("d1", 600.0, Answer(204, b"", ""))

    def test_a_key_belongs_to_an_address(self, store: AnswerStore) -> None:
        """The same key elsewhere is free."""
        store.claim(NAME, "d1", 600.0)
        assert store.claim(Name("/api/v1/apply?", NAME.key), "d1", 600.0) is None
        assert store.claim(Name(NAME.address, "k2"), "d1", 600.0) is None

    def test_what_was_not_carried_out_may_be_claimed_again(self, store: AnswerStore) -> None:
        """Released twice is released."""
        store.claim(NAME, "d1", 600.0)
        store.release(NAME)
        store.release(NAME)
        assert store.claim(NAME, "d2", 700.0) is None

    def test_the_old_is_forgotten_and_the_new_is_not(self, store: AnswerStore) -> None:
        """By the time of the claim; one from that very moment stays."""
        for at in (599.9, 600.0):
            store.claim(Name("/", str(at)), "d", at)
        store.keep(Name("/", "599.9"), DONE)
        store.prune(600.0)
        assert store.claim(Name("/", "599.9"), "d", 700.0) is None
        assert store.claim(Name("/", "600.0"), "d", 700.0) == Claim("d", 600.0)

    def test_of_many_at_once_one_has_it(self, store: AnswerStore) -> None:
        """The others see his claim."""
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda number: store.claim(NAME, f"d{number}", 600.0 + number), range(8)))
        winner = told.index(None)
        assert [one for one in told if one is not None] == [Claim(f"d{winner}", 600.0 + winner)] * 7
