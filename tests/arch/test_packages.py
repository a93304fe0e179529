"""The map is the land: packages, public names, the error tree and the verbs agree with what is written about them."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import click
import pytest

import leeway.cli.frame
import leeway.errors
from leeway.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
LEEWAY = ROOT / "src" / "leeway"
PACKAGE_FILES = sorted(LEEWAY.rglob("__init__.py"))


def chapters(text: str) -> set[str]:
    """The second-level headings that are a name in code style: ## `core`"""
    return set(re.findall(r"^## `([a-z_]+)(?:\.py)?`", text, re.MULTILINE))


def test_the_architecture_has_a_chapter_for_each_part_and_a_part_for_each_chapter() -> None:
    """Whoever opens docs/architecture.md finds every package and top module, and nothing that does not exist."""
    packages = {path.parent.name for path in LEEWAY.glob("*/__init__.py")}
    modules = {path.stem for path in LEEWAY.glob("*.py") if not path.stem.startswith("__")}
    assert chapters((ROOT / "docs" / "architecture.md").read_text()) == packages | modules


@pytest.mark.parametrize("path", PACKAGE_FILES, ids=lambda path: str(path.relative_to(LEEWAY.parent).parent))
def test_a_package_file_only_re_exports(path: Path) -> None:
    """`__init__.py` is a door, not a room: a docstring, imports, and `__all__`, whose order ruff watches."""
    imports = False
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())) | ast.Assign(targets=[ast.Name(id="__all__")]):
                continue
            case ast.Assign(value=ast.BinOp(op=ast.BitOr())):  # a name for "one of these types" is a re-export too
                continue
            case ast.Import() | ast.ImportFrom():
                imports = imports or ast.unparse(node) != "from __future__ import annotations"
            case _:
                pytest.fail(f"line {node.lineno} is more than a re-export")
    assert ("__all__ = " in path.read_text()) == imports, (
        "what is re-exported is listed in __all__, and nothing else is"
    )


def drawn(tree: str) -> dict[str, str]:
    """child -> parent, as the tree in the docstring draws it; four columns are one generation."""
    parents: dict[str, str] = {}
    line_of: dict[int, str] = {}
    for line in tree.splitlines():
        found = re.match(r"^((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)(?:\s{2}|$)", line.removeprefix("    "))
        if found:
            depth = len(found[1]) // 4
            line_of[depth] = found[2]
            if depth:
                parents[found[2]] = line_of[depth - 1]
    return parents


def test_the_error_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    """The drawing decides who retries; it must not lie."""
    classes = {
        name: cls.__base__.__name__
        for name, cls in inspect.getmembers(leeway.errors, inspect.isclass)
        if issubclass(cls, leeway.errors.LeewayError) and cls is not leeway.errors.LeewayError and cls.__base__
    }
    assert drawn(leeway.errors.__doc__ or "") == classes


def test_every_verb_is_a_file_of_its_own_and_is_documented() -> None:
    """A file of cli/ that declares a command is in VERBS, and the reference is made from VERBS; nothing is hidden."""
    files = {
        path.stem.replace("_", "-")
        for path in LEEWAY.glob("cli/*.py")
        if any(
            isinstance(node, ast.FunctionDef) and node.name == "command" and node.decorator_list
            for node in ast.parse(path.read_text()).body
        )
    }
    assert files == set(VERBS)
    assert "```{verbs}" in (ROOT / "docs" / "reference" / "cli.md").read_text()
    group = click.Context(leeway.cli.frame.leeway)
    commands = {verb: leeway.cli.frame.leeway.get_command(group, verb) for verb in VERBS}
    assert [verb for verb, command in commands.items() if not (command and command.help)] == []
