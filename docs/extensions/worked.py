"""The directive `{worked}`: the example of four events, one bad, worked out by the code that decides about pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from leeway.core.sparse.gate import tell
from leeway.core.stats import wilson
from leeway.core.stats.binomial import clopper_pearson, upper_tail

EVENTS, SHARE, FACTOR, ALPHA = 4, 0.01, 14.4, 1e-4


def rows() -> Iterator[str]:
    yield "| bad of 4 | share of good events | burn rate | where the true share may lie (95 %) | by chance | a page? |"
    yield "|---|---|---|---|---|---|"
    for bad in range(EVENTS + 1):
        seen = wilson(EVENTS - bad, EVENTS)
        exact = clopper_pearson(EVENTS - bad, EVENTS, 0.95)
        told = tell(bad, EVENTS, factor=FACTOR, share=SHARE, alpha=ALPHA)
        tail = float(upper_tail(bad, EVENTS, SHARE))
        if seen is None or exact is None:
            raise AssertionError("there are events")
        yield (
            f"| {bad} | {1 - bad / EVENTS:.0%} | {bad / EVENTS / SHARE:g} | "
            f"{seen.low:.1%} to {seen.high:.1%}; exactly {exact.low:.1%} to {exact.high:.1%} | "
            f"{tail:.2g} | {'yes' if told.opens else 'no'} |"
        )


class Worked(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n".join(rows()))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("worked", Worked)
    return {"parallel_read_safe": True}
