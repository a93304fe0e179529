"""The group of all verbs, and the one place where an error becomes a plain message."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import click
from click.shell_completion import CompletionItem

from leeway.cli.output import Exit, colour_refused, colour_wanted
from leeway.cli.verbs import VERBS
from leeway.errors import LeewayError
from leeway.version import VERSION


class LazyGroup(click.Group):
    """Knows its verbs by name; imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"leeway.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = args[0] in VERBS or args[0].startswith("-") or ctx.resilient_parsing
        if not known:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=_near(args[0]), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        verbs = [CompletionItem(verb, help=VERBS[verb]) for verb in sorted(VERBS) if verb.startswith(incomplete)]
        return verbs + click.Command.shell_complete(self, ctx, incomplete)


def _near(word: str) -> list[str]:
    """Verbs that may have been meant; Click's own guess misses short ones."""
    return difflib.get_close_matches(word.lower(), VERBS, cutoff=0.5)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="leeway", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show where in the program an error came from (or set LEEWAY_DEBUG=1).")
def leeway(*, debug: bool) -> None:
    """How much unreliability can you still afford, and must a person wake up for it?"""
    if debug:
        os.environ["LEEWAY_DEBUG"] = "1"
    if colour_refused():
        click.get_current_context().color = False


def run(arguments: Sequence[str]) -> int:
    """Run a command; whatever happens, a person gets a sentence and a script gets an exit code."""
    sys.excepthook = _say_defect
    try:
        answer = leeway.main(list(arguments), prog_name="leeway", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LeewayError as error:
        return _say(error.place, error.message, error.mend)
    except (KeyboardInterrupt, click.Abort):
        click.echo(err=True)
        return Exit.INTERRUPTED
    except BrokenPipeError:  # the reader has gone (`leeway … | head`): nothing is wrong, nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.COULD_NOT_RUN
    except OSError as error:
        return _say(str(error.filename or ""), error.strerror or str(error), "")
    return answer if isinstance(answer, int) else Exit.FINE


def _say(place: str, message: str, mend: str) -> Exit:
    """The error being handled, for a person: where, what, and what to do next."""
    click.echo(f"{_word('Error')}: {place}{': ' if place else ''}{message}", err=True)
    if mend:
        click.echo(f"  {mend}", err=True)
    if _debugging():
        traceback.print_exc()
    return Exit.COULD_NOT_RUN


def _debugging() -> bool:
    return os.environ.get("LEEWAY_DEBUG", "") not in {"", "0"}


def _word(word: str) -> str:
    return click.style(word, fg="red", bold=True) if colour_wanted(sys.stderr) else word


def _say_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Stands in for Python's traceback when something happened that nobody foresaw; Python then exits with 1."""
    if _debugging() or trace is None:
        traceback.print_exception(kind, error, trace)
        return
    last = traceback.extract_tb(trace)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    click.echo(f"{_word('Error')}: a defect in Leeway: {kind.__name__}: {error} ({where})", err=True)
    click.echo("  Run it again with LEEWAY_DEBUG=1 and report what is shown.", err=True)
