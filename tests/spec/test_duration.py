"""Durations: a whole number and one letter, where the case of the letter matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.spec.duration import Duration, Unit, seconds

PLAIN = [unit for unit in Unit if unit is not Unit.SECOND]


@given(st.integers(1, 10**6), st.sampled_from(PLAIN))
def test_what_is_written_is_read(count, unit):
    """For any count and unit."""
    duration = Duration(count, unit)
    assert Duration.parse(str(duration)) == duration
    assert Duration.parse_as_go(f" +0{duration} of something") == duration


@pytest.mark.parametrize("text", ["0m", "1W", "1s", "1", "m", "1.5h", " 1m", "1m ", "1m\n", "１m", "-1m", ""])
def test_nothing_else_is_a_duration(text):
    """The letter is one of m h d w M Q Y, the number has no zero in front."""
    assert Duration.parse(text) is None


@pytest.mark.parametrize(
    ("text", "length", "words"),
    [("1m", 60, "1 minute"), ("2d", 172_800, "2 days"), ("1w", 604_800, "1 week"), ("1M", 2_592_000, "1 month"),
     ("1Q", 7_776_000, "1 quarter"), ("1Y", 31_536_000, "1 year")],
)  # fmt: skip
def test_lengths_are_those_of_the_go_sdk(text, length, words):
    """Months of 30, quarters of 90, years of 365 days, where no calendar says better."""
    duration = Duration.parse(text)
    assert (duration.seconds, duration.words) == (length, words)


def test_command_lines_take_seconds_too():
    """And refuse the rest with an example."""
    assert (seconds("90s"), seconds("5m"), seconds("1d")) == (90, 300, 86_400)
    with pytest.raises(ValueError, match="30s, 5m"):
        seconds("1M")
