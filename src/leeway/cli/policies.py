"""`leeway policies explain`: alert policies in plain English."""

from __future__ import annotations

import click

from leeway.cli.definitions import read_library
from leeway.cli.output import output_option, wrapped, write_json
from leeway.errors import NotFound
from leeway.spec.documents import AlertPolicy, LeewayPolicy
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.policies import AnyPolicy
from leeway.spec.told import about_policy


@click.group("policies")
def command() -> None:
    """Alert policies: what they fire on, and whom they tell."""


@command.command("explain")
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
@click.argument("policy", required=False)
def explain(files: tuple[str, ...], output: str, policy: str | None) -> None:
    """Say in plain English what a policy watches, on what it fires, after how long an outage would be known, and whom
    it tells. Without a name every policy of the files is explained."""
    library = read_library(files)
    told = {one.metadata.name: tuple(about_policy(one, library)) for one in _chosen(library, policy)}
    if output == "json":
        write_json([{"policy": name, "sentences": sentences} for name, sentences in told.items()])
        return
    for name, sentences in told.items():
        click.secho(name, bold=True)
        for sentence in sentences:
            for line in wrapped(sentence, "  ", "    "):
                click.echo(line)
        click.echo()


def _chosen(library: Library, name: str | None) -> tuple[AnyPolicy, ...]:
    own = (one for one in library.documents if isinstance(one, (AlertPolicy, LeewayPolicy)))
    within = (one for slo in library.slos for one in library.policies(slo))
    found = tuple({id(one): one for one in (*own, *within)}.values())
    chosen = tuple(one for one in found if name is None or one.metadata.name == name)
    if not chosen:
        if name is None:
            raise NotFound(
                "these files hold no alert policy", mend="`leeway explain` tells what watches an SLO without"
            )
        names = [one.metadata.name for one in found]
        mend = did_you_mean(name, names) or f"there are: {', '.join(names) or 'none'}"
        raise NotFound(f"these files hold no alert policy `{name}`", mend=mend)
    return chosen
