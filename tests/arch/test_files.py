"""What holds for every file of the project."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400


def tracked() -> list[Path]:
    """The files of the project: what git tracks, so that a colleague's scratch file or a build breaks no rule."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout: without git there is no list of what belongs to the project")
    paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def lines_of(path: Path) -> list[tuple[str, str]]:
    """(place, line) pairs; a file that is no text has none."""
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return []
    return [(f"{path.relative_to(ROOT)}:{number}", line) for number, line in enumerate(text.split("\n"), 1)]


def test_no_python_file_is_longer_than_a_person_reads_in_one_go() -> None:
    """A file over 400 lines holds two things that want a name each."""
    long = {
        str(path.relative_to(ROOT)): length
        for path in tracked()
        if path.suffix == ".py" and (length := len(path.read_text().splitlines())) > LONGEST
    }
    assert long == {}


EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:|fmt:\s*off|ruff:\s*noqa|pragma:)")
REASONED = re.compile(
    r"#\s*(?:(?:ruff:\s*)?noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[a-z-]+(?:,\s*[a-z-]+)*\])(.*)"
)


def test_every_exception_to_a_rule_says_why_on_its_line() -> None:
    """`noqa` and `type: ignore` name the rule and give a reason in words."""
    unexplained = []
    for path in tracked():
        if path.suffix != ".py" or path == Path(__file__):
            continue
        for place, line in lines_of(path):
            if EXCEPTION.search(line):
                found = REASONED.search(line)
                if not found or not re.search(r"\w{3}", found[1]):
                    unexplained.append(f"{place}: {line.strip()}")
    assert unexplained == []


# Written in pieces, or this file would be the first to break the rule.
FOREIGN = re.compile(
    "|".join(
        re.escape("".join(pieces))
        for pieces in [
            ("pypi", ".org"),
            ("python", "hosted.org"),
            ("registry", ".npmjs"),
            ("deb", ".debian"),
            ("/wo", "rk/"),
            ("/tm", "p/team"),
        ]
    )
)


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    """Where packages come from is the machine's own configuration: a mirror or an offline shelf must do as well."""
    named = [f"{place}: {line.strip()}" for path in tracked() for place, line in lines_of(path) if FOREIGN.search(line)]
    assert named == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_address(name: str) -> None:
    """Every entry is `name==version` with at least one SHA-256; addresses are the business of the machine."""
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), "an option of pip, such as an index, is in the lock"
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [
        entry for entry in entries if not re.match(r"[a-z0-9-]+==\S+", entry) or "--hash=sha256:" not in entry
    ] == []


def test_the_development_lock_holds_the_same_versions_as_the_one_users_run() -> None:
    """What is tested is what runs."""
    runs, develops = (
        set(re.findall(r"^([a-z0-9-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runs <= develops
