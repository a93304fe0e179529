"""A server with two projects and people of both, that is only read; a fresh one for each test that writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.server.access import people
from tests.server.serving import Served, served, slo

ROLES = ("ingest", "viewer", "editor", "owner", "admin")
SHOP, OTHERS = ("buyzz", "sellzz"), ("pourzz", "barezz")


@dataclass(frozen=True)
class Town:
    """`tokens` are by project and role; there is no admin of one project."""

    server: Served
    tokens: dict[tuple[str, str], str]


def definition(name: str, project: str) -> str:
    """An SLO of a project."""
    labelled = f"metadata: {{name: {name}, annotations: {{leeway.dev/project: {project}}}}}"
    return slo(name).replace(f"metadata: {{name: {name}}}", labelled)


def apply(server: Served, *texts: str, **by: str) -> tuple[int, dict]:
    """Applies files."""
    return people.api(
        server, "POST", "/api/v1/apply", {"files": [{"file": "a.yaml", "text": "---\n".join(texts)}]}, **by
    )


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """buyzz and sellzz in project shop, pourzz in bar, barezz in none; tokens of every role in all and in shop."""
    folder: Path = tmp_path_factory.mktemp("town")
    with served(folder / "data") as server:
        texts = [*(definition(name, "shop") for name in SHOP), definition("pourzz", "bar"), slo("barezz")]
        assert apply(server, *texts)[0] == 200
        people.let_in(server, "root", **{"*": "admin"})
        kinds = [(project, role) for project in ("*", "shop") for role in ROLES if (project, role) != ("shop", "admin")]
        yield Town(server, {(project, role): people.token(server, role, project) for project, role in kinds})


@pytest.fixture
def house(tmp_path):
    """A server on which root is an admin, for one test."""
    with served(tmp_path / "data") as server:
        assert apply(server, definition("buyzz", "shop"), definition("pourzz", "bar"), slo("barezz"))[0] == 200
        people.let_in(server, "root", **{"*": "admin"})
        yield server
