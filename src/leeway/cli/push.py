"""`leeway push`: send points to a server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import ask, writing_options
from leeway.errors import Invalid

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import Receipt

TYPES = {"json": "application/json", "ndjson": "application/x-ndjson", "msgpack": "application/msgpack"}
SUFFIXES = {".ndjson": "ndjson", ".jsonl": "ndjson", ".msgpack": "msgpack"}
LINES = 20_000
"""Lines of NDJSON in one request."""

SHOWN = 10


@click.command("push")
@click.argument("file", required=False)
@click.option("--slo", help="One point by hand: the SLO's name, or SLO/objective.")
@click.option(
    "--time", "moment", metavar="TIME", help="Start of its step: RFC 3339 or epoch seconds; this minute if not said."
)
@click.option("--good", type=float, help="Good events of the step.")
@click.option("--bad", type=float, help="Bad events of the step.")
@click.option("--total", type=float, help="All events of the step.")
@click.option("--value", type=float, help="A raw value, for an SLO with a threshold.")
@click.option(
    "--format", "form", type=click.Choice(sorted(TYPES)), help="Form of FILE; by its name if not said, else json."
)
@click.option("--key", help="Idempotency key: the same file sent again under it is not counted again.")
@output_option("text", "json")
@writing_options
def command(
    file: str | None,
    slo: str | None,
    moment: str | None,
    good: float | None,
    bad: float | None,
    total: float | None,
    value: float | None,
    form: str | None,
    key: str | None,
    output: str,
    server: str,
    data: Path,
) -> int:
    """Send points: a file of JSON, NDJSON or MessagePack, - for standard input, or one point by hand.

    \b
    leeway push points.json
    leeway push --slo checkout --good 47 --total 50

    The receipt says what was taken. Exit code 3 if anything was set aside.
    """
    if (file is None) == (slo is None):
        raise click.UsageError("Give a file (- for standard input), or --slo with its numbers.")
    if slo is not None:
        numbers = {"good": good, "bad": bad, "total": total, "value": value}
        point = {"slo": slo, "time": _time(moment)} | {name: each for name, each in numbers.items() if each is not None}
        bodies, kind = [json.dumps(point).encode()], "json"
    else:
        content, kind = _content(str(file)), form or _form(str(file))
        bodies = list(_batches(content)) if kind == "ndjson" else [content]

    async def send(client: Client) -> list[Receipt]:
        return [
            await client.push(body, TYPES[kind], key=f"{key}-{place}" if key and len(bodies) > 1 else key)
            for place, body in enumerate(bodies)
        ]

    receipt = _sum(ask(server, send, data=data))
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(receipt))
    else:
        _show(receipt)
    return Exit.FINDINGS if receipt.quarantined else Exit.FINE


def _time(text: str | None) -> int:
    from leeway.clock import SystemClock
    from leeway.spec.rows import parse_time

    if text is None:
        return int(SystemClock().now()) // 60 * 60
    seconds = parse_time(text)
    if seconds is None:
        raise click.BadParameter(f"{text!r} is no time; write 2026-11-22T18:00:00Z", param_hint="--time")
    return seconds


def _form(file: str) -> str:
    """The form that the file's name tells."""
    suffix = Path(file).suffix.lower()
    if suffix in {".csv", ".parquet"}:
        mend = "`leeway budget` reads a CSV, and the source `files` of a server reads both by itself"
        raise Invalid("tables are not pushed; JSON, NDJSON and MessagePack are", place=file, mend=mend)
    return SUFFIXES.get(suffix, "json")


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror or error}", place=file, mend="check the path") from error


def _batches(content: bytes) -> Iterator[bytes]:
    lines = content.splitlines(keepends=True)
    for start in range(0, max(1, len(lines)), LINES):
        yield b"".join(lines[start : start + LINES])


def _sum(receipts: list[Receipt]) -> Receipt:
    """One receipt of several; a refusal keeps the place it had in the whole file."""
    from leeway.client.documents import Receipt

    quarantined: dict[str, int] = {}
    for one in receipts:
        for reason, count in one.quarantined.items():
            quarantined[reason] = quarantined.get(reason, 0) + count
    refusals = [
        refusal.model_copy(update={"row": refusal.row + place * LINES})
        for place, one in enumerate(receipts)
        for refusal in one.refusals
    ]
    return Receipt(
        accepted=sum(one.accepted for one in receipts),
        repeated=sum(one.repeated for one in receipts),
        quarantined=quarantined,
        refusals=refusals,
        seq=max(one.seq for one in receipts),
    )


def _show(receipt: Receipt) -> None:
    click.echo(f"{receipt.accepted:,} accepted, {receipt.repeated:,} repeated, {_aside(receipt):,} set aside")
    for refusal in receipt.refusals[:SHOWN]:
        click.echo(f"  row {refusal.row}: {refusal.message} [{refusal.reason}]", err=True)
    if _aside(receipt) > SHOWN:
        counts = ", ".join(f"{count:,} {reason}" for reason, count in receipt.quarantined.items())
        click.echo(f"  in all: {counts}", err=True)


def _aside(receipt: Receipt) -> int:
    return sum(receipt.quarantined.values())
