"""`leeway templates preview`: what a recipient would read."""

from __future__ import annotations

import click

from leeway.cli.definitions import read_library
from leeway.cli.output import Exit, output_option, write_json
from leeway.errors import NotFound
from leeway.spec.documents import Recipient
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean


@click.group("templates")
def command() -> None:
    """Messages in the words of their recipients."""


@command.command("preview")
@click.option(
    "-f",
    "--file",
    "files",
    multiple=True,
    required=True,
    metavar="PATH",
    help="File, folder, glob or -; can be repeated.",
)
@output_option("text", "json")
@click.argument("recipient", required=False)
@click.pass_context
def preview(context: click.Context, files: tuple[str, ...], output: str, recipient: str | None) -> None:
    """Show what a page, a ticket, the end of an alert and many alerts told together would look like.

    Without a name for every Recipient that has a template; with one for that, in the plain words if it has none. Nobody
    is told anything. Exit code 3 if a template fails: then its recipient reads the plain message.
    """
    from leeway.engine.alerts.preview import samples  # late: the words of alerts bring the whole engine along
    from leeway.engine.alerts.template import failed, worded

    shown = [
        (one.metadata.name, sample.what, worded(one.template, sample.message))
        for one in _chosen(read_library(files), recipient)
        for sample in samples()
    ]
    if output == "json":
        write_json([{"recipient": name, "sample": what, "title": m.title, "lines": m.lines} for name, what, m in shown])
    else:
        for name, what, message in shown:
            click.secho(f"{name}: {what}", dim=True)
            click.secho(f"  {message.title}", bold=True)
            for line in message.lines:
                click.echo(f"  {line}")
            click.echo()
    if any(failed(message) for _, _, message in shown):
        context.exit(Exit.FINDINGS)


def _chosen(library: Library, name: str | None) -> tuple[Recipient, ...]:
    found = tuple(one for one in library.documents if isinstance(one, Recipient))
    if name is None:
        chosen = tuple(one for one in found if one.template)
        if not chosen:
            mend = "name a Recipient to see the plain messages, or write `template:` in its spec"
            raise NotFound("no Recipient of these files has a template", mend=mend)
        return chosen
    chosen = tuple(one for one in found if one.metadata.name == name)
    if not chosen:
        names = [one.metadata.name for one in found]
        mend = did_you_mean(name, names) or f"there are: {', '.join(names) or 'none'}"
        raise NotFound(f"these files hold no Recipient `{name}`", mend=mend)
    return chosen
