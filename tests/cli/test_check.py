"""`leeway check` where a budget is in doubt: what may be enough neither passes nor fails."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from leeway.cli.check import Gate, judge
from leeway.client.sureness import Bounds


def verdict(consumed, wanted):
    """Of a budget of which this much is consumed, at least and at most, at a gate that wants so much left."""
    least, most = consumed
    bounds = Bounds(sli=(0.9, 0.95), consumed_ratio=consumed, threshold=0.3, edges=(0.25, 0.5))
    one = SimpleNamespace(
        slo="search",
        objective="quick",
        state="healthy",
        coverage=1.0,
        burn_rates={},
        budget=SimpleNamespace(remaining=100 * (1 - most), remaining_ratio=1 - most),
        bounds=None if least == most else bounds,
    )
    return judge(one, Gate(wanted, (), 0.0))


@pytest.mark.parametrize(
    ("consumed", "wanted", "expected"),
    [
        ((0.2, 0.4), 0.0, "pass"),
        ((0.2, 0.4), 0.5, "pass"),
        ((0.2, 0.6), 0.5, "unknown"),
        ((0.6, 0.7), 0.5, "fail"),
        ((0.6, 1.9), 0.0, "unknown"),
        ((1.2, 1.9), 0.0, "fail"),
        ((1.2, 1.2), 0.0, "fail"),
    ],
)
def test_a_gate_fails_only_if_the_best_case_does(consumed, wanted, expected):
    """And passes only if the worst does."""
    assert verdict(consumed, wanted).verdict == expected


def test_it_says_what_nobody_can_tell():
    """Both ends, and why."""
    (reason,) = verdict((0.6, 1.9), 0.0).reasons
    said = reason.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "the budget is spent: −90 % left, or 40 %: the threshold lies inside a bucket"
