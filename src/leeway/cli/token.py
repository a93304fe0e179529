"""`leeway token`: tokens for programs."""

from __future__ import annotations

from pathlib import Path

import click

from leeway.cli.output import console, output_option, write_json
from leeway.cli.params import ask, writing_options
from leeway.cli.user import project_option
from leeway.client.figures import clock
from leeway.spec.duration import seconds

DAYS = 90


class _Lasts(click.ParamType[float | None]):
    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        if value is None or value == "never":
            return None
        try:
            return float(seconds(str(value)))
        except ValueError as error:
            self.fail(f"{error}; or say never", param, ctx)


@click.group("token")
def command() -> None:
    """Make tokens for programs, show them, end them.

    A token is never more than whoever made it. The other verbs take it from the variable LEEWAY_TOKEN.
    """


@command.command("create")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["ingest", "viewer", "editor", "owner", "admin"]),
    required=True,
    help="What it may; ingest only sends points.",
)
@project_option
@click.option(
    "--for", "lasts_s", type=_Lasts(), default=f"{DAYS}d", show_default=True, help="How long it is good: 90d, or never."
)
@output_option("text", "json")
@writing_options
def create(name: str, role: str, project: str, lasts_s: float | None, output: str, server: str, data: Path) -> None:
    """Make a token called NAME and print it: it is told once."""
    from leeway.client.people import TokenWish

    wish = TokenWish.model_validate({"name": name, "role": role, "project": project, "lasts_s": lasts_s})
    made = ask(server, lambda client: client.people.make_token(wish), data=data)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(made))
        return
    ends = f"until {clock(made.token.expires_at)}" if made.token.expires_at else "until it is ended"
    click.echo(f"Token {made.token.number}, good {ends}; it is not told again:", err=True)
    click.echo(made.secret)


@command.command("list")
@output_option("text", "json")
@writing_options
def listed(output: str, server: str, data: Path) -> None:
    """Show your tokens, as an admin everybody's: what they may, until when, and when they were used last."""
    found = ask(server, lambda client: client.people.tokens(), data=data)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(found))
        return
    for one in found:
        where = "all projects" if one.project == "*" else one.project
        ends = clock(one.expires_at) if one.expires_at else "it is ended"
        used = f"used {clock(one.used_at)}" if one.used_at else "never used"
        whose = one.person or "the machine"
        line = f"{one.number:>4}  {one.name}  {one.role} in {where}, of {whose}, until {ends}, {used}"
        console().print(line, markup=False, highlight=False)
    if not found:
        click.echo("There is no token.", err=True)


@command.command("revoke")
@click.argument("number", type=int)
@writing_options
def revoke(number: int, server: str, data: Path) -> None:
    """Make a token good for nothing, now."""
    gone = ask(server, lambda client: client.people.end_token(number), data=data)
    click.echo(f"Token {gone.number} ({gone.name}) is good for nothing any more.")
