"""What docs/sources/push.md shows is what the receiver takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leeway.sources.json_push import Settings, decode

PAGE = (Path(__file__).parents[3] / "docs" / "sources" / "push.md").read_text()
KINDS = {"json": "application/json", "text": "application/x-ndjson"}


@pytest.mark.parametrize(
    ("language", "body"), re.findall(r"^```(json|text)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
)
def test_each_body_on_the_page_is_taken_whole(language, body):
    """An example that does not work is worse than none."""
    found = decode(body.encode(), KINDS[language], Settings())
    assert len(found) > 0
    assert found.refused == ()


@pytest.mark.parametrize("body", re.findall(r"-d '(.*?)'", PAGE))
def test_each_command_on_the_page_sends_a_point(body):
    """The one-liner that a newcomer copies."""
    assert len(decode(body.encode(), KINDS["json"], Settings())) == 1
