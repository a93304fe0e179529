"""What docs/channels/*.md show is what the channels understand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from leeway.channels import MODULES, load
from leeway.net import read_settings

PAGES = Path(__file__).parents[2] / "docs" / "channels"


def settings_of(kind):
    text = (PAGES / f"{kind}.md").read_text()
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


@pytest.mark.parametrize("kind", MODULES)
def test_the_settings_on_a_channels_page_are_settings(kind):
    """Each block can be copied as it stands, and every setting stands in one."""
    shown = settings_of(kind)
    assert shown
    for tree in shown:
        read_settings(load(kind).Settings, tree)
    text = (PAGES / f"{kind}.md").read_text()
    assert [name for name in load(kind).Settings.model_fields if not re.search(rf"\b{name}\b", text)] == []
