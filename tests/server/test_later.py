"""A start makes no page; the first who asks for one gets it all the same, and programs are never sent to one."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import sys
from unittest.mock import MagicMock
from leeway.server.app import create_app
whatever = MagicMock()  # nothing is asked of it: the parts are only put together
create_app(
    whatever, token="x" * 20, hosts=frozenset(), clock=whatever, people=whatever, hooks=whatever, shares=whatever
)
print(*sys.modules)
"""


def test_a_start_loads_no_page():
    """Neither the pages nor what only they need."""
    loaded = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True).stdout.split()
    assert "leeway.server.app" in loaded
    assert not {"leeway.server.pages.routes", "leeway.server.access.sign_in", "jinja2", "yaml"} & set(loaded)


def test_what_programs_ask_for_is_never_a_page(fresh):
    """A wrong method, a wrong address and a slash too much are answered by the API."""
    for method, path, status in (
        ("DELETE", "/api/v1/status", 405),
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/healthz", 405),
    ):
        response, body = fresh.ask(method, path, headers=fresh.bearer)
        assert (response.status, json.loads(body)["status"]) == (status, status)
    response, _ = fresh.ask("GET", "/slos/")
    assert (response.status, response.headers["Location"]) == (307, f"{fresh.url}/slos")
