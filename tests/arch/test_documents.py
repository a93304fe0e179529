"""What the documents promise is there: commands, tests, files, capabilities."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leeway.cli.verbs import VERBS

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(page for page in ROOT.glob("docs/**/*.md") if "_build" not in page.parts)]
ROW = re.compile(r"^\| (C\d+) \| (.+?) \| (.+?) \|(.*)\|$", re.MULTILINE)


def of_page(page: Path) -> str:
    return str(page.relative_to(ROOT))


def capabilities() -> list[tuple[str, str, str, str]]:
    return ROW.findall((ROOT / "docs" / "capabilities.md").read_text())


def test_each_capability_stands_once_and_in_order() -> None:
    """The numbers are stable: 1 to 41, none left out because it is inconvenient."""
    assert [number for number, *_ in capabilities()] == [f"C{number}" for number in range(1, 42)]


def test_a_capability_works_or_does_not_yet_and_what_works_is_shown() -> None:
    """Two states and no third; *works*, wholly or in part, names the command or the test that shows it."""
    states = {number: state for number, _, state, _ in capabilities()}
    assert {number: state for number, state in states.items() if not re.match(r"(works|not yet)\b", state)} == {}
    claims = {number: shown for number, _, state, shown in capabilities() if state.startswith("works")}
    assert [number for number, shown in claims.items() if "`" not in shown] == []


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_a_command_or_a_path_named_in_a_page_exists(page: Path) -> None:
    """`make x`, `leeway x`, `tests/x`, `src/x`, `tools/x` in code style, and links to files of the project."""
    text = page.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wrong = [f"make {name}" for name in re.findall(r"`make ([a-z]+)\b", text) if name not in targets]
    wrong += [f"leeway {name}" for name in re.findall(r"`leeway ([a-z]+)\b", text) if name not in VERBS]
    paths = re.findall(r"`((?:tests|src|tools|docs|bench)/[\w./-]+)`", text)
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    wrong += [path for path in paths if not (ROOT / path).exists()]
    wrong += [link for link in links if not (page.parent / link).exists()]
    assert wrong == []
