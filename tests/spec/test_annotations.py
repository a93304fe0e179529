"""The annotations that Leeway adds to OpenSLO: read by one table, described by the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from leeway.core.objective import NoData
from leeway.core.window import EndOfMonth
from leeway.spec.annotations import ANNOTATIONS, Settings, settings

PAGE = Path(__file__).parents[2] / "docs" / "openslo.md"


def test_nothing_said_means_the_defaults():
    """Unknown slices count neither way, months end on their last day."""
    assert settings({}) == Settings()


def test_what_is_said_is_read():
    """Every annotation, with a value it takes."""
    said = {
        "leeway.dev/no-data": "bad",
        "leeway.dev/carry-limit": "1h",
        "leeway.dev/budgeting-method": "TrafficWeightedTimeslices",
        "leeway.dev/end-of-month": "roll-over",
    }
    assert settings(said) == Settings(NoData.BAD, 3600, True, EndOfMonth.ROLL_OVER)


@pytest.mark.parametrize("key", ANNOTATIONS)
def test_what_is_not_accepted_counts_as_unsaid(key):
    """Lint tells it; the computation never guesses."""
    assert settings({key: "whatever"}) == Settings()


@pytest.mark.parametrize("one", ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_the_page_about_openslo_describes_it_as_it_is(one):
    """The row of the table is made of the declaration."""
    assert f"| `{one.key}` | {one.accepted} | {one.default} | {one.meaning} |" in PAGE.read_text()
