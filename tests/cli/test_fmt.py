"""`leeway fmt`: the licence file with the wrong line ends, and its relatives."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from leeway.cli.frame import leeway
from leeway.cli.output import Exit

SLIPS = "\ufeffkind: SLO\r\nmetadata:\r\n\tname: w\u0435b\u00a0\r\n  x: “y”"
MENDED = 'kind: SLO\nmetadata:\n  name: web\n  x: "y"\n'


def fmt(*arguments, given=None):
    """The verb, with its own answer as the exit code."""
    done = CliRunner().invoke(leeway, ["fmt", *map(str, arguments)], input=given, standalone_mode=False)
    assert done.exception is None
    return done


@pytest.fixture
def file(tmp_path):
    """A definition that was copied through Windows, a chat and a word processor."""
    path = tmp_path / "slo.yaml"
    path.write_bytes(SLIPS.encode())
    return path


def test_a_file_is_mended_in_place_and_every_change_is_told(file):
    """Each with file and line; a second run finds nothing to do."""
    done = fmt(file)
    assert done.return_value == Exit.FINE
    assert file.read_bytes() == MENDED.encode()
    assert f"{file}:3: a tab (U+0009) indents this line" in done.stdout
    assert f"{file}:3: U+00A0 NO-BREAK SPACE" in done.stdout
    assert "CYRILLIC SMALL LETTER IE" in done.stdout
    assert "byte order mark" in done.stdout
    assert fmt(file).stdout == ""


def test_check_changes_nothing_and_ends_with_3(file):
    """For a gate in CI."""
    done = fmt("--check", file)
    assert done.return_value == Exit.FINDINGS
    assert f"{file}:3: " in done.stdout
    assert file.read_bytes() == SLIPS.encode()
    fmt(file)
    assert fmt("--check", file).return_value == Exit.FINE


def test_a_folder_means_its_definitions(file):
    """YAML and JSON below it, nothing else."""
    other = file.parent / "notes.txt"
    other.write_bytes(b"a \r\n")
    deep = file.parent / "team" / "b.json"
    deep.parent.mkdir()
    deep.write_bytes(b'{"a": 1}\r\n')
    fmt(file.parent)
    assert deep.read_bytes() == b'{"a": 1}\n'
    assert file.read_bytes() == MENDED.encode()
    assert other.read_bytes() == b"a \r\n"


def test_standard_input_becomes_standard_output():
    """Only the text goes there; what was changed is told beside it."""
    done = fmt("--stdin", given=SLIPS.encode())
    assert done.stdout_bytes == MENDED.encode()
    assert "<stdin>:3: " in done.stderr
    assert fmt("-", given=b"a: 1").stdout_bytes == b"a: 1\n"
    checked = fmt("--check", "--stdin", given=b"a: 1")
    assert (checked.return_value, checked.stdout) == (Exit.FINDINGS, "<stdin>:1: the last line is ended\n")


def test_what_is_no_text_is_left_alone_and_the_others_are_mended(file):
    """Exit code 1, with the place of the byte."""
    broken = file.parent / "a.yaml"
    broken.write_bytes(b"a: caf\xe9 \n")
    done = fmt(broken, file, file.parent / "missing.yaml")
    assert done.return_value == Exit.COULD_NOT_RUN
    assert f"{broken}:1:7: the byte 0xE9 is no UTF-8" in done.stderr
    assert "missing.yaml" in done.stderr
    assert broken.read_bytes() == b"a: caf\xe9 \n"
    assert file.read_bytes() == MENDED.encode()


def test_the_mode_and_the_link_stay(file):
    """The file behind a symbolic link is replaced, not the link; nothing is left beside it."""
    file.chmod(0o640)
    link = file.parent / "link.yaml"
    link.symlink_to(file)
    fmt(link)
    assert link.is_symlink()
    assert file.read_bytes() == MENDED.encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in file.parent.iterdir()) == ["link.yaml", "slo.yaml"]


def test_a_file_that_is_too_large_is_refused(file):
    """Unless the limit is raised."""
    file.write_bytes(b"# a comment \n" * 90_000)
    assert fmt("--max-size", "1", file).return_value == Exit.COULD_NOT_RUN
    assert fmt(file).return_value == Exit.FINE


@pytest.mark.parametrize("arguments", [(), ("--stdin", "a.yaml")])
def test_paths_or_standard_input_but_not_both(arguments):
    """A usage error, exit code 2."""
    done = CliRunner().invoke(leeway, ["fmt", *arguments])
    assert done.exit_code == Exit.USAGE
