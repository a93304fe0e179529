"""Every channel has the one shape, is found by its exact name, and is loaded when it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import BaseModel

from leeway.channels import MODULES, load
from leeway.errors import NotFound
from leeway.ports.channel import Manifest


@pytest.mark.parametrize("kind", MODULES)
def test_a_channel_is_named_as_in_its_manifest_and_has_the_one_shape(kind):
    """`manifest`, `Settings`, `build`: nothing else is asked of a channel's folder."""
    module = load(kind)
    assert isinstance(module.manifest, Manifest)
    assert module.manifest.name == kind
    assert issubclass(module.Settings, BaseModel)
    assert module.Settings.model_config["extra"] == "forbid"
    assert callable(module.build)


@pytest.mark.parametrize("word", ["Email", "mail", "page", "pagerduty ", "slac", ""])
def test_a_word_that_is_no_exact_name_is_no_channel(word):
    """Nothing is completed or guessed where somebody may be woken."""
    with pytest.raises(NotFound):
        load(word)


def test_listing_the_channels_loads_none():
    """The command line must not wait for SMTP and HTTP."""
    program = "import sys, leeway.channels; print([m for m in sys.modules if m in ('aiohttp', 'aiosmtplib')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
