"""`leeway version`: what runs here."""

from __future__ import annotations

import platform
from importlib.metadata import version

import click

from leeway.cli.output import output_option, write_json
from leeway.version import VERSION

PARTS = ("aiohttp", "duckdb", "fastapi", "numpy", "pyyaml", "sqlalchemy")


@click.command("version")
@output_option("text", "json")
def command(output: str) -> None:
    """Tell the version of Leeway and of what it runs on."""
    facts = {"leeway": VERSION, "python": platform.python_version(), "platform": platform.platform()}
    facts |= {part: version(part) for part in PARTS}
    if output == "json":
        write_json(facts)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name:<{width}}  {value}")
