"""`leeway doctor`: is everything in order around Leeway, and if not, what mends it?"""

from __future__ import annotations

import platform
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, writing_options
from leeway.errors import LeewayError, Unreachable
from leeway.version import VERSION

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import Health, Source
    from leeway.client.routes import Route

LEAST_FREE = 1 << 30
SKEW_S = 5.0
"""Clocks that differ by more put pushed points into the wrong minute."""


@dataclass(frozen=True, slots=True)
class Note:
    """One line: what was looked at, whether it is well, what was seen, and what mends it."""

    what: str
    ok: bool
    seen: str
    mend: str = ""


@click.command("doctor")
@output_option("text", "json")
@writing_options
def command(output: str, server: str, data: Path) -> int:
    """Look at the data folder, the token, the disk, the server, its clock, sources and recipients.

    Nothing is changed. Exit code 3 if something is wrong.
    """
    notes = [Note("version", ok=True, seen=f"leeway {VERSION}, Python {platform.python_version()}")]
    for look in (_folder, _token, _disk):
        notes += look(data)
    notes += _server(server)
    if output == "json":
        write_json([asdict(one) for one in notes])
    else:
        for one in notes:
            sign = click.style("✓", fg="green") if one.ok else click.style("✕", fg="red", bold=True)
            click.echo(f"{sign} {one.what:<12} {one.seen}")
            if one.mend:
                click.echo(f"  {'':<12} → {one.mend}")
    return Exit.FINE if all(one.ok for one in notes) else Exit.FINDINGS


def _folder(data: Path) -> Iterator[Note]:
    try:
        mode = stat.S_IMODE(data.stat().st_mode)
    except OSError as error:
        mend = "`leeway serve` makes it at its first start; name another with --data"
        yield Note("data folder", ok=False, seen=f"{data}: {error.strerror or error}", mend=mend)
        return
    if mode & 0o077:
        seen = f"{data}: others may look into it (mode {mode:04o})"
        yield Note("data folder", ok=False, seen=seen, mend=f"chmod 700 {data}")
    else:
        size = sum(file.stat().st_size for file in data.glob("*") if file.is_file())
        yield Note("data folder", ok=True, seen=f"{data}, {size / 1e6:,.1f} MB")


def _token(data: Path) -> Iterator[Note]:
    from leeway.client import read_token

    try:
        read_token(data)
    except LeewayError as error:
        yield Note("token", ok=False, seen=f"{error.place}: {error.message}", mend=error.mend)
    else:
        yield Note("token", ok=True, seen="there, and for its owner only")


def _disk(data: Path) -> Iterator[Note]:
    there = next((one for one in (data, *data.absolute().parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    ok = free >= LEAST_FREE
    mend = "" if ok else "make room, or move the data folder; when the disk is full nothing new is taken"
    yield Note("disk", ok=ok, seen=f"{free / 1e9:,.1f} GB free", mend=mend)


def _server(server: str) -> Iterator[Note]:
    from leeway.clock import SystemClock

    async def look(client: Client) -> tuple[Health, list[Source], list[Route], float]:
        clock = SystemClock()
        before = clock.now()
        health = await client.health()
        middle = (before + clock.now()) / 2
        return health, await client.sources(), await client.routes(), health.time.timestamp() - middle

    try:
        health, sources, routes, ahead = ask(server, look)
    except Unreachable as error:
        yield Note("server", ok=False, seen=f"{server}: nobody answers", mend=error.mend)
        return
    except LeewayError as error:
        yield Note("server", ok=False, seen=f"{error.place}: {error.message}", mend=error.mend)
        return
    yield from _health(server, health, ahead)
    yield from _sources(sources)
    yield from _recipients(routes)


def _health(server: str, health: Health, ahead: float) -> Iterator[Note]:
    if health.ready:
        objectives = "objective" if health.objectives == 1 else "objectives"
        seen = f"{server} is ready: {health.objectives} {objectives}, {health.ledger_bytes / 1e6:,.0f} MB of ledgers"
        yield Note("server", ok=True, seen=seen)
        for reason in health.reasons:
            yield Note("definitions", ok=False, seen=reason, mend="apply what it names, or change the setting")
    else:
        yield Note("server", ok=False, seen=f"{server} is not well: {'; '.join(health.reasons)}", mend="see its log")
    if health.version != VERSION:
        mend = "install the same version on both sides"
        yield Note("versions", ok=False, seen=f"the server is {health.version}, this is {VERSION}", mend=mend)
    ok = abs(ahead) <= SKEW_S
    mend = "" if ok else "synchronise both clocks (NTP): pushed points would land in the wrong minute"
    yield Note("clock", ok=ok, seen=f"the server is {abs(ahead):.1f} s {'ahead' if ahead > 0 else 'behind'}", mend=mend)
    if health.quarantined:
        counts = ", ".join(f"{count:,} {reason}" for reason, count in health.quarantined.items())
        yield Note("quarantine", ok=True, seen=f"points set aside since the start: {counts}")


def _sources(sources: list[Source]) -> Iterator[Note]:
    troubled = [one for one in sources if one.last_error]
    for one in troubled:
        name = f"{one.slo}/{one.objective}" if one.objective else one.slo
        seen = f"{one.source} for {name} failed {one.failures} times: {one.last_error}"
        yield Note("source", ok=False, seen=seen, mend=f"`leeway why {one.slo}` shows what is asked")
    if sources and not troubled:
        yield Note("sources", ok=True, seen=f"{len(sources)} series, no error")


def _recipients(routes: list[Route]) -> Iterator[Note]:
    from leeway.cli.routed import troubles  # late: there may be no server

    told = {one.recipient: one for route in routes for one in route.told}
    silent = [(one.recipient, trouble) for one in told.values() for trouble in troubles(one)]
    for name, trouble in silent:
        yield Note("recipient", ok=False, seen=f"{name} {trouble}", mend="`leeway routes preview` shows who needs it")
    if told and not silent:
        yield Note("recipients", ok=True, seen=f"{len(told)}; nothing is known that would keep them from being told")
