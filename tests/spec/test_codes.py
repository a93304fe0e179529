"""The codes of findings are a promise: each has a meaning, a reason and a cure, and keeps its name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import leeway.spec.text
from leeway.spec.codes import CODES, GROUPS, SERIOUS

READER = sorted(Path(leeway.spec.text.__file__).parent.glob("*.py"))
NAME = re.compile(r"[a-z]+([-_][a-z]+)*")
NO_FINDING = {"json-escape"}  # mended for the parser, told to nobody


def test_every_code_says_what_why_and_how_to_mend_it():
    """In sentences, under a name that fits into a URL, with no name twice."""
    for code in CODES.values():
        assert NAME.fullmatch(code.name)
        for sentence in (code.what, code.why, code.mend):
            assert not sentence[0].islower(), code.name
            assert sentence.endswith("."), code.name
    assert len(CODES) == sum(len(group) for group in GROUPS.values())


def test_advice_can_be_serious_and_what_openslo_refuses_is_refused_anyway():
    """`plan` and `apply` refuse serious advice; errors stop them without that."""
    schema = {code.name for code in GROUPS["What OpenSLO or its Go SDK refuses"]}
    assert SERIOUS
    assert not SERIOUS & schema


@pytest.mark.parametrize("path", READER, ids=lambda path: path.name)
def test_every_code_that_the_reader_of_bytes_tells_is_described(path):
    """It names its codes as text; each is in the list."""
    told = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("report.add", "Blemish", "_stop")):
            parts = [*node.args, *(one.value for one in node.keywords)]
            texts = [part.value for one in parts for part in ast.walk(one) if isinstance(part, ast.Constant)]
            told |= {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}
    assert told - NO_FINDING <= set(CODES)
