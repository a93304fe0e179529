"""`leeway user`: who has an account, and what they may."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leeway.cli.output import console, output_option, write_json
from leeway.cli.params import ask, writing_options

if TYPE_CHECKING:
    from leeway.client.people import Invited, Person

ROLES = click.Choice(["viewer", "editor", "owner", "admin"])
project_option = click.option(
    "--project", default="*", show_default="all projects", metavar="NAME", help="In this project only."
)


@click.group("user")
def command() -> None:
    """Let people in, say what they may, take them out.

    With the first account everything needs a name or a token; until then whoever is on the machine may read.
    """


@command.command("add")
@click.argument("name")
@click.option("--role", type=ROLES, help="What they may; without it they may sign in and see nothing.")
@project_option
@output_option("text", "json")
@writing_options
def add(name: str, role: str | None, project: str, output: str, server: str, data: Path) -> None:
    """Make an account, and print the link by which its owner chooses a password: once, within a day."""
    from leeway.client.people import PersonWish

    wish = PersonWish.model_validate({"name": name, "roles": {project: role} if role else {}})
    _tell(ask(server, lambda client: client.people.add(wish.name, wish.roles), data=data), server, output)


@command.command("link")
@click.argument("name")
@output_option("text", "json")
@writing_options
def link(name: str, output: str, server: str, data: Path) -> None:
    """Print a new link for somebody who has none, or forgot the password. Links made before are good no more."""
    _tell(ask(server, lambda client: client.people.link(name), data=data), server, output)


@command.command("list")
@output_option("text", "json")
@writing_options
def listed(output: str, server: str, data: Path) -> None:
    """Show everybody who has an account, and their roles."""
    found = ask(server, lambda client: client.people.people(), data=data)
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(found))
        return
    for one in found:
        console().print(_line(one), markup=False, highlight=False)
    if not found:
        click.echo("Nobody has an account.", err=True)


@command.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([*ROLES.choices, "none"]))
@project_option
@writing_options
def role(name: str, role: str, project: str, server: str, data: Path) -> None:
    """Give somebody a role in the stead of the one before; `none` takes it away."""
    from leeway.client.people import RoleWish

    wanted = None if role == "none" else RoleWish.model_validate({"role": role}).role
    console().print(
        _line(ask(server, lambda client: client.people.give_role(name, project, wanted), data=data)),
        markup=False,
        highlight=False,
    )


@command.command("remove")
@click.argument("name")
@writing_options
def remove(name: str, server: str, data: Path) -> None:
    """Take somebody out, with all their sessions and tokens."""
    gone = ask(server, lambda client: client.people.remove(name), data=data)
    click.echo(f"{gone.name} has no account any more.")


def _tell(made: Invited, server: str, output: str) -> None:
    if output == "json":
        from leeway.client import as_json

        write_json(as_json(made))
        return
    click.echo(f"{made.person.name} chooses a password here, once, within a day:", err=True)
    click.echo(f"{server.rstrip('/')}{made.link}")


def _line(one: Person) -> str:
    roles = ", ".join(
        f"{role} in {'all projects' if project == '*' else project}" for project, role in one.roles.items()
    )
    how = "by the provider" if one.provider else one.state
    return f"{one.name}  {roles or 'no role'}  ({how})"
