"""`leeway explain`: an SLO in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from leeway.cli.definitions import read_library
from leeway.cli.output import output_option, wrapped, write_json
from leeway.errors import NotFound
from leeway.spec.documents import SLO
from leeway.spec.explain import Explanation, explain
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean


@click.command("explain")
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
@click.argument("slo", required=False)
def command(files: tuple[str, ...], output: str, slo: str | None) -> None:
    """Say in plain English what an SLO promises, how it is counted, and how much may fail.

    Without a name every SLO of the files is explained.
    """
    library = read_library(files)
    explanations = [explain(one, library) for one in _chosen(library, slo)]
    if output == "json":
        write_json([asdict(one) for one in explanations])
        return
    for one in explanations:
        for line in _lines(one):
            click.echo(line)


def _chosen(library: Library, name: str | None) -> tuple[SLO, ...]:
    chosen = tuple(one for one in library.slos if name is None or one.metadata.name == name)
    if not chosen:
        names = [one.metadata.name for one in library.slos]
        if name is None:
            raise NotFound("these files hold no SLO", mend="point -f at a file with `kind: SLO`")
        mend = did_you_mean(name, names) or f"there are: {', '.join(names) or 'none'}"
        raise NotFound(f"these files hold no SLO `{name}`", mend=mend)
    return chosen


def _lines(one: Explanation) -> Iterator[str]:
    title = f" — {one.title}" if one.title else ""
    yield click.style(f"{one.slo}", bold=True) + title
    yield f"SLO of the service {one.service}"
    for section in one.sections:
        yield ""
        yield click.style(section.heading, fg="cyan", bold=True)
        for sentence in section.sentences:
            yield from wrapped(sentence, "  ", "    ")
    yield ""
    yield click.style("Words", fg="cyan", bold=True)
    width = max(len(word) for word in one.glossary)
    for word, meaning in one.glossary.items():
        yield from wrapped(f"{word:<{width}}  {meaning}", "  ", " " * (width + 4))
    yield ""
