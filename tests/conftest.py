"""What every test may count on: no time limit inside properties, and a length for the tests that can run long."""

from __future__ import annotations

from collections.abc import Callable

import hypothesis
import pytest

pytest.register_assert_rewrite("leeway.ports.kit")  # its suites say what differs, like any test

hypothesis.settings.register_profile("test", deadline=None, print_blob=True)  # a busy machine is no failure
hypothesis.settings.register_profile("soak", deadline=None, print_blob=True, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long tests at full length, not a tenth of it")


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile("soak" if config.getoption("soak") else "test")


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """`rounds(200)`: 200 in `make soak`, a tenth of that (at least one) in `make test`."""
    full = request.config.getoption("soak")
    return lambda count: count if full else max(1, count // 10)
