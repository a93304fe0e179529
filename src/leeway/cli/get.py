"""`leeway get`: the definitions of the server, as they are and as they were."""

from __future__ import annotations

import click

from leeway.cli.kinds import kind_named
from leeway.cli.output import write_json
from leeway.cli.params import ask, server_option


@click.command("get")
@click.argument("kind", required=False)
@click.argument("name", required=False)
@click.option("--history", is_flag=True, help="All revisions of one definition, newest first.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "yaml", "json"]),
    help="How to print the answer; a list is a table and one definition is YAML if not said.",
)
@server_option
def command(kind: str | None, name: str | None, output: str | None, server: str, *, history: bool) -> None:
    """Show definitions: all, those of one kind, or one. The YAML can be applied again."""
    known = kind_named(kind) if kind else None
    if history and not (known and name):
        raise click.UsageError("--history needs a kind and a name.")
    if known and name and history:
        found = ask(server, lambda client: client.history(known, name))
    elif known and name:
        found = [ask(server, lambda client: client.document(known, name))]
    else:
        found = ask(server, lambda client: client.documents(known))
    match output or ("yaml" if name and not history else "table"):
        case "json":
            from leeway.client import as_json

            write_json(as_json(found))
        case "yaml":
            click.echo("".join(one.body for one in found if one.body is not None), nl=False)
        case _ if not found:
            click.echo("There is no definition yet." if known is None else f"There is no {known}.", err=True)
        case _:
            from leeway.cli.tables import now_utc, show_documents

            show_documents(found, now_utc())
