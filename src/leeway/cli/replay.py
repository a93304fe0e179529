"""`leeway replay`: fetch history again, and watch it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import Exit, output_option, write_json
from leeway.cli.params import Time, ask, writing_options
from leeway.cli.progress import Tell, progress

if TYPE_CHECKING:
    from leeway.client import Client
    from leeway.client.documents import Job

PAUSE_S = 0.5
ENDED = ("done", "failed", "cancelled")


@click.command("replay")
@click.argument("slo", required=False)
@click.option("--from", "start", type=Time(), help="Start of the span: RFC 3339 or epoch seconds.")
@click.option("--to", "end", type=Time(), help="End of the span; now if not said.")
@click.option("--job", "number", type=int, metavar="NUMBER", help="Only watch a job that was started before.")
@click.option("--no-wait", is_flag=True, help="Start it and do not watch.")
@output_option("text", "json")
@writing_options
def command(
    slo: str | None,
    start: datetime | None,
    end: datetime | None,
    number: int | None,
    output: str,
    server: str,
    data: Path,
    *,
    no_wait: bool,
) -> int:
    """Fetch a span of history again from an SLO's source, and compute its budgets anew.

    The server does the work, and goes on after a restart of its own: Ctrl-C only stops watching.
    """
    if number is None:
        job = _start(slo, start, end, server, data)
    elif slo or start or end:
        raise click.UsageError("Give --job, or an SLO with --from and --to, but not both.")
    else:
        job = ask(server, lambda client: client.job(number))
    if not no_wait:
        try:
            job = _watch(server, job)
        except KeyboardInterrupt:
            click.echo(f"\nThe server goes on. Watch again with: leeway replay --job {job.id}", err=True)
            return Exit.INTERRUPTED
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(job))
    else:
        click.echo(f"Job {job.id}, {job.subject}: {job.state}" + (f": {job.note}" if job.note else "."))
    return Exit.COULD_NOT_RUN if job.state in ("failed", "cancelled") else Exit.FINE


def _start(slo: str | None, start: datetime | None, end: datetime | None, server: str, data: Path) -> Job:
    if slo is None or start is None:
        raise click.UsageError("Name an SLO and the start of the span: leeway replay SLO --from TIME")
    from leeway.cli.tables import now_utc
    from leeway.client.documents import ReplayWish

    until = end or now_utc()
    if start >= until:
        raise click.BadParameter("the span ends before it starts", param_hint="--from, --to")
    wish = ReplayWish(slo=slo, start=start, end=until)
    return ask(server, lambda client: client.replay(wish), data=data)


def _watch(server: str, job: Job) -> Job:
    with progress(job.subject.partition(" ")[0], patience_s=0) as tell:
        return ask(server, lambda client: _follow(client, job, tell))


async def _follow(client: Client, job: Job, tell: Tell) -> Job:
    from leeway.clock import SystemClock

    clock = SystemClock()
    while True:
        tell(job.done, job.all)
        if job.state in ENDED:
            return job
        await clock.sleep(PAUSE_S)
        job = await client.job(job.id)
