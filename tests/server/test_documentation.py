"""The documentation of the API is the API."""

from __future__ import annotations

import json
import re
from pathlib import Path

from leeway.client.problem import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text()


def test_every_address_is_documented_and_every_documented_address_exists(shop):
    """Method and path, as OpenAPI lists them."""
    paths = json.loads(shop.ask("GET", "/api/v1/openapi.json")[1])["paths"]
    served = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert set(re.findall(r"^\| ([A-Z]+) \| `(/[^`]*)` \|", PAGE, re.MULTILINE)) == served


def test_every_kind_of_error_is_documented_with_its_status():
    """As the table says, so it is answered."""
    rows = re.findall(r"^\| ([\d, ]+) \| (.*?) \|", PAGE, re.MULTILINE)
    told = {
        (kind, int(code))
        for codes, said in rows
        for kind in re.findall(r"`([a-z-]+)`", said)
        for code in codes.split(",")
    }
    assert {(name, status) for name, (_, status, _) in KINDS.items()} <= told
