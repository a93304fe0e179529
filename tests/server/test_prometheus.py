"""The read interface of Prometheus: what its own tools ask of a running server, and what they are told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.server.serving import NOW

ROOT = "/api/v1/prom"


def promtool(server, *question):
    """What Prometheus' own tool prints."""
    program = shutil.which("promtool") or Path(__file__).parents[2] / ".tools/debian/usr/bin/promtool"
    if not os.access(program, os.X_OK):
        pytest.skip("no program `promtool` on PATH or in .tools; `apt-get install prometheus` brings it")
    kind, *rest = question
    told = subprocess.run(
        [program, "query", kind, server.url + ROOT, *rest], capture_output=True, text=True, timeout=30
    )
    return told.returncode, (told.stdout + told.stderr).strip().splitlines()


@pytest.mark.server
def test_promtool_reads_the_budget_of_an_instant(shop):
    """The same numbers as `leeway budget`, with labels in order."""
    name = "leeway_error_budget_remaining_ratio"
    code, lines = promtool(shop, "instant", f'{name}{{service="shop"}}', "--time", str(NOW))
    assert (code, lines) == (
        0,
        [
            f'{name}{{objective="0", service="shop", slo="checkout"}} => 0.5 @[{NOW}]',
            f'{name}{{objective="0", service="shop", slo="search"}} => -1 @[{NOW}]',
        ],
    )


def ask(server, path, method="GET", **parameters):
    """Status and document of one question."""
    form = urlencode(parameters, doseq=True)
    if method == "GET":
        answer, body = server.ask("GET", f"{ROOT}/api/v1/{path}?{form}")
    else:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer, body = server.ask("POST", f"{ROOT}/api/v1/{path}", form, kind)
    return answer.status, json.loads(body)


def test_a_question_by_post_needs_no_token(shop):
    """Grafana asks so; nothing below this address writes."""
    assert ask(shop, "query", "POST", query="1+1", time=NOW) == (
        200,
        {"status": "success", "data": {"resultType": "scalar", "result": [NOW, "2"]}},
    )
