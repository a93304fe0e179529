"""What docs/sources/files.md shows is what the source reads."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from leeway.core.window import Span
from leeway.ports.source import Metric, Role
from leeway.sources.files.decode import per_step, read_csv
from leeway.sources.files.query import understand

PAGE = (Path(__file__).parents[3] / "docs" / "sources" / "files.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_reads_the_rows_that_it_promises():
    """The European rows of the file on the page, by the words on the page."""
    (text,) = blocks("text")
    example = yaml.safe_load(blocks("yaml")[0])["ratioMetric"]
    minutes = Span(1_769_860_800, 1_769_860_920)
    for role, numbers in ((Role.GOOD, [997, 1001]), (Role.TOTAL, [1000, 1001])):
        wanted = understand(Metric(role, example[str(role)]["metricSource"]["spec"]))
        assert per_step(read_csv(text, wanted, minutes), wanted, minutes, 60).tolist() == numbers


def test_every_spec_on_the_page_is_understood():
    """Nobody copies an example that is refused."""
    for block in blocks("yaml"):
        for role in (Role.GOOD, Role.TOTAL):
            assert understand(Metric(role, yaml.safe_load(block)["ratioMetric"][str(role)]["metricSource"]["spec"]))
