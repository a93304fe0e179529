"""The examples in the docstrings of what computes and reads run as written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import leeway.core
import leeway.formats
import leeway.lab
import leeway.spec

MODULES = sorted(
    module.name
    for package in (leeway.core, leeway.spec, leeway.formats, leeway.lab)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name):
    """What a docstring shows is what happens."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    """So that the test above tests something."""
    found = [
        example
        for name in MODULES
        for test in doctest.DocTestFinder().find(importlib.import_module(name))
        for example in test.examples
    ]
    assert len(found) >= 10
