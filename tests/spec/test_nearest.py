"""Did you mean …? finds what a hand that slipped has meant."""

from __future__ import annotations

import pytest

from leeway.spec.nearest import did_you_mean, nearest

FIELDS = ["op", "value", "target", "targetPercent", "timeSliceTarget", "indicator", "indicatorRef"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("taget", ("target",)),
        ("tarrget", ("target",)),
        ("tagret", ("target",)),
        ("tarket", ("target",)),
        ("po", ("op",)),
        ("OP", ("op",)),
        ("indicator_ref", ("indicatorRef",)),
        ("timeslicetarget", ("timeSliceTarget",)),
        ("zebra", ()),
        ("", ()),
    ],
)
def test_the_nearest_word_is_offered(typed, meant):
    """One slip away first, else the most alike, else none."""
    assert nearest(typed, FIELDS) == meant


def test_the_hint_is_a_question():
    """With every word that is equally near."""
    assert did_you_mean("ad", ["add", "and"]) == "did you mean `add` or `and`?"
    assert did_you_mean("zebra", FIELDS) == ""
