"""The directive `{verbs}`: every command as it describes itself to `--help`, so that page and program cannot differ."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from leeway.cli.frame import leeway


def chapters(command: click.Command, context: click.Context) -> Iterator[str]:
    """Markdown for a command and, when it is a group, for its own commands after it."""
    if context.parent:
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        yield f"## `{context.command_path}`\n"
        for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
            as_typed = paragraph.removeprefix("\b\n")  # Click's mark for lines that must not be wrapped
            yield f"```text\n{as_typed}\n```\n" if as_typed != paragraph else f"{paragraph}\n"
        yield f"```console\n$ {usage}\n```\n"
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record and record[1] and "--help" not in parameter.opts:
                yield f"`{record[0]}`\n: {record[1]}\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if found := command.get_command(context, name):
                yield from chapters(found, click.Context(found, info_name=name, parent=context))


class Verbs(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        text = "\n".join(chapters(leeway, click.Context(leeway, info_name="leeway")))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("verbs", Verbs)
    return {"parallel_read_safe": True}
