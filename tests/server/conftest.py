"""Servers for the tests of this folder: one that is only read, and a fresh one for each test that writes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.serving import Served, seed, served


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Four SLOs with known points; tests only read it."""
    data = tmp_path_factory.mktemp("shop") / "data"
    asyncio.run(seed(data))
    with served(data) as server:
        yield server


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A server without a definition, for one test."""
    with served(tmp_path / "data") as server:
        yield server
