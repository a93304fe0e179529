"""Servers for the tests of this folder: one that is only read, and a fresh one for each test that writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.server.breaking import break_twice
from tests.server.burning import burn
from tests.server.serving import Served, apart, seed, served
from tests.server.whole import whole_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Four SLOs with known points; tests only read it."""
    data = tmp_path_factory.mktemp("shop") / "data"
    apart(seed(data))
    with served(data) as server:
        yield server


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A shop in which every page has something to show; tests only read it."""
    with whole_shop(tmp_path_factory.mktemp("whole")) as server:
        yield server


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An SLO that broke twice, for backtests."""
    data = tmp_path_factory.mktemp("broken") / "data"
    apart(break_twice(data))
    with served(data) as server:
        yield server


@pytest.fixture(scope="session")
def burning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Alerts are up, and no test takes one; bob looks after the page of search.

    It is there before a browser, whose loop runs on.
    """
    with _burning(tmp_path_factory.mktemp("burning")) as server:
        shown = json.loads(server.ask("GET", "/api/v1/alerts?slo=search&up=true")[1])["items"]
        urgent = next(one for one in shown if one["policy"] == "urgent")
        server.ask("POST", "/api/v1/acknowledge", json.dumps({"alert": urgent["key"], "by": "bob"}), server.bearer)
        yield server


@pytest.fixture
def ablaze(tmp_path: Path) -> Iterator[Served]:
    """The same alerts, which nobody looks after, for one test."""
    with _burning(tmp_path) as server:
        yield server


@contextmanager
def _burning(folder: Path) -> Iterator[Served]:
    data, inbox = folder / "data", folder / "inbox"
    inbox.mkdir()
    apart(burn(data, inbox))
    with served(data, roots=(inbox,)) as server:
        yield server


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A server without a definition, for one test."""
    with served(tmp_path / "data") as server:
        yield server
