"""What the verbs that talk to a server share: its address, its data folder, its token, and one call of the client."""

from __future__ import annotations

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leeway.cli.files import load
from leeway.errors import Denied, Invalid, NotFound

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import File

Command = TypeVar("Command", bound=Callable[..., Any])
Answer = TypeVar("Answer")

SERVER = "http://127.0.0.1:8474"


class Time(click.ParamType[datetime]):
    """A moment, as people and programs write it."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """RFC 3339 with a zone, or epoch seconds."""
        from leeway.spec.rows import parse_time

        seconds = parse_time(str(value))
        if seconds is None:
            self.fail(f"{value!r} is no time; write 2026-11-22T18:00:00Z or epoch seconds", param, ctx)
        return datetime.fromtimestamp(seconds, UTC)


def server_option(command: Command) -> Command:
    """The option `--server`."""
    return click.option(
        "--server", default=SERVER, envvar="LEEWAY_SERVER", show_default=True, help="Address of the Leeway server."
    )(command)


def writing_options(command: Command) -> Command:
    """`--server` and `--data`, for verbs that write: the token is in the data folder."""
    data = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_data,
        envvar="LEEWAY_DATA",
        show_default="$XDG_DATA_HOME/leeway or ~/.local/share/leeway",
        help="The server's data folder; the token is read from there.",
    )
    return server_option(data(command))


def files_option(command: Command) -> Command:
    """`-f`, which can be repeated."""
    return click.option(
        "-f",
        "--file",
        "paths",
        multiple=True,
        required=True,
        metavar="PATH",
        help="File, folder, glob or -; can be repeated.",
    )(command)


def default_data() -> Path:
    """Where `leeway serve` keeps its data if nothing else is said."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "leeway"


def ask(server: str, question: Callable[[Client], Awaitable[Answer]], *, data: Path | None = None) -> Answer:
    """One conversation with the server, by the token of LEEWAY_TOKEN, else by that of the data folder.

    Without `data`, for what only reads, the token of the usual folder is taken if it is there, and sent to this machine
    alone: a server on which nobody has an account needs none.
    """
    from leeway.client import Client  # late: `--help` needs no HTTP
    from leeway.clock import SystemClock

    async def talk() -> Answer:
        token = os.environ.get("LEEWAY_TOKEN") or _machines(server, data)
        async with Client(server, SystemClock(), token=token) as client:
            return await question(client)

    return asyncio.run(talk())


def _machines(server: str, data: Path | None) -> str:
    from leeway.client import read_token
    from leeway.net import parse_url

    if data:
        return read_token(data)
    if parse_url(server, "--server").host not in ("127.0.0.1", "::1", "localhost"):
        return ""
    try:
        return read_token(Path(os.environ.get("LEEWAY_DATA") or default_data()))
    except (NotFound, Denied):
        return ""


def read_files(paths: Sequence[str]) -> list[File]:
    """The definitions that the paths mean, as text. Invalid for what cannot be read."""
    from leeway.client.documents import File

    found = []
    for file in load(paths):
        if file.problem:
            raise Invalid(file.problem, place=file.name, mend="check the path")
        try:
            found.append(File(file=file.name, text=file.data.decode()))
        except UnicodeDecodeError as error:
            mend = f"`leeway lint {file.name}` says where"
            raise Invalid("this is no UTF-8 text", place=file.name, mend=mend) from error
    return found


def who() -> str:
    """The name that the history keeps."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return f"uid {os.getuid()}"
