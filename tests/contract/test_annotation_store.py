"""Both stores of annotations keep the port's promises: SQLite's and the one in memory that tests use."""

from __future__ import annotations

from contextlib import closing

import pytest

from leeway.ports.kit.annotations_suite import AnnotationStoreSuite
from leeway.ports.kit.memory_annotations import MemoryAnnotations
from leeway.store import open_state


class TestSqliteAnnotations(AnnotationStoreSuite):
    @pytest.fixture
    def store(self, tmp_path):
        with closing(open_state(tmp_path / "data")) as state:
            yield state.annotations


class TestMemoryAnnotations(AnnotationStoreSuite):
    @pytest.fixture
    def opener(self):
        return lambda _folder: MemoryAnnotations()
