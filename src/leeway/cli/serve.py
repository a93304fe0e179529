"""`leeway serve`: the server, on the loopback of this machine."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leeway.cli.logs import write_logs
from leeway.config import Config, load

if TYPE_CHECKING:
    from leeway.app import Leeway

Command = TypeVar("Command", bound=Callable[..., Any])

TOKEN = "token"  # noqa: S105 - the file's name, not what is in it
WELCOME = "welcome"
"""The file in the data folder with the link of the first sign-in, for its owner's eyes only: logs are read by many."""


def settings_options(command: Command) -> Command:
    """One option for each setting; those that are lists can be repeated."""
    for name, field in reversed(Config.model_fields.items()):
        if field.annotation is bool:
            flag = click.option(f"--{name}", is_flag=True, default=None, help=f"{field.description}.")
            command = flag(command)
            continue
        several = str(field.annotation).startswith(("frozenset", "tuple"))
        command = click.option(
            f"--{name.replace('_', '-')}",
            metavar="PATH" if "Path" in str(field.annotation) else "INTEGER" if field.annotation is int else "TEXT",
            multiple=several,
            help=f"{field.description}{'; can be repeated' if several else ''}.",
        )(command)
    return command


@click.command("serve")
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    envvar="LEEWAY_CONFIG",
    metavar="FILE",
    help="Settings as TOML.",
)
@settings_options
def command(file: Path | None, **flags: str | bool | tuple[str, ...] | None) -> None:
    """Run the server: collect, evaluate, answer, until Ctrl-C or SIGTERM.

    It listens on 127.0.0.1, elsewhere only where people have accounts. Settings come from the file, are overruled by
    the environment (LEEWAY_PORT and so on, lists separated by commas), and those by flags. None is needed.
    """
    write_logs()
    config = load(file, os.environ, {name: value for name, value in flags.items() if value not in (None, ())})
    from leeway.server import listen  # late: `--help` and a wrong setting need no server

    listen.until_stopped(lambda: _serve(config))
    if sys.stderr.isatty():
        click.echo("\nStopped. Everything that was acknowledged is on disk.", err=True)


async def _serve(config: Config) -> None:
    from leeway.app import served
    from leeway.clock import SystemClock

    await served(config, SystemClock(), lambda port, leeway: _say(config, port, leeway))


def _say(config: Config, port: int, leeway: Leeway) -> None:
    address, token = leeway.address, config.data / TOKEN
    told = _told_once(config.data / WELCOME, f"{address}{leeway.invited}" if leeway.invited else "")
    if not sys.stderr.isatty():
        import structlog

        structlog.get_logger("leeway.serve").info(
            "serving",
            address=address,
            data=str(config.data),
            token=str(token),
            objectives=leeway.engine.health().objectives,
            first_sign_in=str(config.data / WELCOME) if told else None,
            stop=f"kill {os.getpid()}",
        )
        return
    lines = [
        "Leeway is serving.",
        "",
        f"  page   {address}",
        f"  data   {config.data}",
        f"  token  {token}  (writing needs it; the command line finds it there)",
        f"  stop   Ctrl-C, or kill {os.getpid()}",
        "",
    ]
    if told:
        lines += ["First sign-in, within a day, once:", "", f"  {told}", ""]
    if port != Config.model_fields["port"].default:
        lines += [f"In other terminals: export LEEWAY_SERVER={address} LEEWAY_DATA={shlex.quote(str(config.data))}", ""]
    for line in lines:
        click.echo(line, err=True)


def _told_once(file: Path, link: str) -> str:
    """Keeps the link beside the token, or takes away that of an earlier start."""
    file.unlink(missing_ok=True)
    if link:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
            kept.write(link + "\n")
    return link
