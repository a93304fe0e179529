"""Both stores of answers keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.answers_suite import DONE, NAME, AnswerStoreSuite
from leeway.ports.kit.memory_answers import MemoryAnswers
from leeway.store import open_state


class TestSqliteAnswers(AnswerStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.answers

    def test_an_answer_survives_a_restart(self, tmp_path):
        """Durable when `keep` returns."""
        with closing(open_state(tmp_path / "data")) as state:
            state.answers.claim(NAME, "d1", 600.0)
            state.answers.keep(NAME, DONE)
        with closing(open_state(tmp_path / "data")) as state:
            assert state.answers.claim(NAME, "d1", 700.0).answer == DONE


class TestMemoryAnswers(AnswerStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemoryAnswers()
