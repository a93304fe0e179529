"""The directive `{codes}`: every code of lint as it is declared in `leeway.spec.codes`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from leeway.spec.codes import GROUPS


def chapters() -> Iterator[str]:
    for title, codes in GROUPS.items():
        yield f"## {title}\n"
        for code in sorted(codes, key=lambda one: one.name):
            yield f"### `{code.name}`\n\n{code.what}\n\n{code.why}\n"
            yield f"*Remedy:* {code.mend}\n"
            if code.serious:
                yield "`leeway plan` and `leeway apply` refuse it.\n"


class Codes(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(chapters()), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("codes", Codes)
    return {"parallel_read_safe": True}
