"""Tests promise something: a test without a check, or left out without a reason, promises nothing."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
LEFT_OUT = {"skip", "skipif", "xfail"}


def test_what_is_skipped_or_expected_to_fail_says_why() -> None:
    """Every skip, skipif and xfail has a reason."""
    silent = []
    for path in sorted(TESTS.rglob("*.py")):
        tree = ast.parse(path.read_text())
        calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Attribute) and node.attr in LEFT_OUT and ast.unparse(node).startswith("pytest.")
            ):
                continue
            call = calls.get(id(node))
            named = {keyword.arg for keyword in call.keywords} if call else set()
            plain = call is not None and node.attr == "skip" and bool(call.args)
            if "reason" not in named and not plain:
                silent.append(f"{path.relative_to(TESTS)}:{node.lineno}")
    assert silent == []
