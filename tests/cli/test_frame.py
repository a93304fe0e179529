"""The frame of the command line: how it starts, ends, and speaks when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import leeway.cli
from leeway.cli import frame
from leeway.cli.frame import leeway as group
from leeway.cli.output import Exit, colour_wanted, console, output_option, write_json
from leeway.cli.verbs import VERBS
from leeway.version import VERSION

START = [sys.executable, "-c", "import sys; from leeway.cli import main; sys.exit(main())"]


def run(*arguments, start=START, **environment):
    """The program as a person starts it."""
    clean = {name: value for name, value in os.environ.items() if name not in {"LEEWAY_DEBUG", "NO_COLOR"}}
    return subprocess.run(
        [*start, *arguments], capture_output=True, text=True, timeout=60, check=False, env=clean | environment
    )


def raising(error):
    """A program whose verb `version` ends in this error."""
    program = f"""
import sys, click
from leeway import errors
from leeway.cli import frame, main
@click.command("version")
def command():
    raise {error}
frame.LazyGroup.get_command = lambda self, ctx, name: command
sys.exit(main())
"""
    return [sys.executable, "-c", program]


def test_version_is_told_without_loading_anything():
    """Not even Click: scripts ask for it often."""
    program = "import sys; from leeway.cli import main; main(['--version']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    version, modules = done.stdout.splitlines()
    assert version == f"leeway {VERSION}"
    assert not {"click", "rich", "yaml", "numpy"} & set(modules.split())


def test_help_names_every_verb_and_imports_none():
    """The first look at the program is quick and whole."""
    program = (
        "import sys; from leeway.cli import main; main(['--help']); "
        "print(*(name for name in sys.modules if name.startswith('leeway.cli.')), sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    for verb in VERBS:
        assert f"  {verb} " in done.stdout
        assert f"leeway.cli.{verb}" not in done.stderr.splitlines()


def test_every_verb_has_its_file():
    """What --help promises can be called."""
    folder = Path(leeway.cli.__file__).parent
    with_command = {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text()}
    assert set(VERBS) <= with_command


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb):
    """With its own first line, under its own name."""
    done = CliRunner().invoke(group, [verb, "--help"], prog_name="leeway")
    assert done.exit_code == Exit.FINE
    assert f"leeway {verb}" in done.output


def test_an_unknown_verb_is_answered_with_the_likely_one():
    """Usage error, exit code 2."""
    done = run("lnt")
    assert done.returncode == Exit.USAGE
    assert "Did you mean 'lint'?" in done.stderr
    assert run("--nonsense").returncode == Exit.USAGE


def test_an_error_is_a_sentence_with_place_and_cure():
    """On standard error, exit code 1, no traceback."""
    done = run("version", start=raising('errors.Invalid("the window is empty", place="a.yaml:3:5", mend="write 28d")'))
    assert done.returncode == Exit.COULD_NOT_RUN
    assert done.stdout == ""
    assert done.stderr == "Error: a.yaml:3:5: the window is empty\n  write 28d\n"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ('errors.Unreachable("no answer", place="http://x")', "Error: http://x: no answer\n"),
        ('PermissionError(13, "Permission denied", "/secret")', "Error: /secret: Permission denied\n"),
        ('ZeroDivisionError("nobody foresaw this")', "a defect in Leeway: ZeroDivisionError: nobody foresaw this"),
    ],
)
def test_a_traceback_is_only_for_those_who_ask(error, says):
    """LEEWAY_DEBUG=1 or --debug; otherwise even a defect is one sentence."""
    start = raising(error)
    quiet = run("version", start=start)
    assert (quiet.returncode, "Traceback" in quiet.stderr) == (Exit.COULD_NOT_RUN, False)
    assert says in quiet.stderr
    assert "Traceback" in run("version", start=start, LEEWAY_DEBUG="1").stderr
    assert "Traceback" in run("--debug", "version", start=start).stderr


def test_an_interrupt_ends_with_130():
    """As shells expect after Ctrl-C."""
    done = run("version", start=raising("KeyboardInterrupt"))
    assert (done.returncode, done.stderr.strip()) == (Exit.INTERRUPTED, "")


def test_a_reader_that_has_gone_is_no_error():
    """`leeway … | head` says nothing."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed:
        done = subprocess.run(
            [*START, "--help"], stdout=closed, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert (done.returncode, done.stderr) == (Exit.COULD_NOT_RUN, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell):
    """And what the script then asks for is answered with verbs."""
    done = run("completion", shell)
    assert (done.returncode, done.stderr) == (Exit.FINE, "")
    assert "_LEEWAY_COMPLETE" in done.stdout
    asked = run(
        _LEEWAY_COMPLETE=f"{shell}_complete", COMP_WORDS="leeway ver", COMP_CWORD="1" if shell != "fish" else "ver"
    )
    assert "version" in asked.stdout
    assert "completion" not in asked.stdout


def test_version_tells_what_it_runs_on():
    """As text for people, as JSON for programs."""
    assert VERSION in run("version").stdout
    assert json.loads(run("version", "-o", "json").stdout)["leeway"] == VERSION


@pytest.mark.parametrize(("answer", "code"), [(None, 0), (3, 3), (Exit.CANNOT_DECIDE, 4)])
def test_a_verb_may_return_its_exit_code(monkeypatch, answer, code):
    """Nothing means fine."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(frame.LazyGroup, "get_command", lambda *_: click.Command("version", callback=lambda: answer))
    assert frame.run(["version"]) == code


def test_json_is_one_document_without_nan(capsys):
    """Exact numbers stay numbers, times are UTC; what JSON cannot say is refused."""
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    write_json({"a": Decimal("0.5"), "b": Decimal(3), "t": noon, "é": None})
    printed = capsys.readouterr().out
    assert printed.endswith("}\n")
    assert json.loads(printed) == {"a": 0.5, "b": 3, "t": "2026-01-01T10:00:00Z", "é": None}
    for nonsense in (float("nan"), float("inf"), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError, match="JSON"):
            write_json([nonsense])
    with pytest.raises(TypeError, match="JSON"):
        write_json([datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)])


def test_the_output_option_offers_its_formats():
    """The first is the default."""

    @click.command()
    @output_option("table", "json")
    def command(output):
        click.echo(output)

    assert CliRunner().invoke(command, []).output == "table\n"
    assert CliRunner().invoke(command, ["-o", "json"]).output == "json\n"
    assert CliRunner().invoke(command, ["-o", "xml"]).exit_code == Exit.USAGE


class Terminal:
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_colour_is_for_terminals_and_can_be_refused(monkeypatch, capsys):
    """NO_COLOR and TERM=dumb are heeded; a pipe gets plain text."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour_wanted(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour_wanted(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not colour_wanted(Terminal())
    console().print("[red]kept[/red]", style="bold")
    assert capsys.readouterr().out == "[red]kept[/red]\n"
