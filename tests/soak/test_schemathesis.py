"""Requests made up from the description of the API, right ones and wrong: no defect, no answer but those described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from tests.server.example_book import DESCRIPTION, STREAM, described, example_server

from leeway.server.openapi.describe import operations

OPERATIONS = {one["operationId"]: one for _, _, one in operations(json.loads(DESCRIPTION.read_text()))}
ASKED = [
    (name, mode)
    for name, operation in sorted(OPERATIONS.items())
    for mode in GenerationMode
    if name != STREAM  # it never ends; what it sends has tests of its own
    if mode is GenerationMode.POSITIVE
    or operation.get("parameters")
    or "requestBody" in operation  # else none is wrong
]

CASES = 10_000
SEED = 1_790_000_040
load_all_checks()
CHECKS = [
    schemathesis.checks.CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    """A server with SLOs, their history, alerts, silences, and what is said of it."""
    folder = tmp_path_factory.mktemp("made-up")
    with example_server(folder) as server:
        schema = schemathesis.openapi.from_dict(described(server))
        yield server, {one.ok().definition.raw["operationId"]: one.ok() for one in schema.get_all_operations()}, folder


@pytest.mark.parametrize(("name", "mode"), ASKED, ids=lambda part: getattr(part, "value", part))
def test_no_request_that_can_be_made_up_finds_a_defect(stand, rounds, name, mode):
    """10,000 of them in a soak, the same ones each time; every answer is described: status, type, headers and form."""
    server, every, folder = stand

    @seed(SEED)
    @settings(
        max_examples=-(-rounds(CASES) // len(ASKED)),
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=every[name].as_strategy(generation_mode=mode))
    def ask(case):
        _at_home(case, folder)
        response = case.call(base_url=server.url, headers={"Authorization": f"Bearer {server.token}"}, timeout=20)
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:  # any text may be a name: nothing that is sent there is wrong
        assert mode is GenerationMode.NEGATIVE


def _at_home(case, folder: Path) -> None:
    """What would be written anywhere on this machine is written into the folder of the test."""
    if isinstance(case.body, dict) and isinstance(to := case.body.get("to"), str) and to.startswith("/"):
        case.body["to"] = str(folder / "backups" / to.strip("/").replace("/", "-")[:50])
