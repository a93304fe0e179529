"""What servers say of time, and how much of it is left."""

from __future__ import annotations

import asyncio

import pytest

from leeway.errors import Throttled
from leeway.net import TimeLeft
from leeway.net.outcome import retry_after_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("٣", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text, seconds):
    """RFC 9110; what is neither is no answer."""
    assert retry_after_s(text, 1_800_000_000.0) == seconds


def test_a_step_that_may_fail_says_why_and_ends_with_the_time():
    """An error, or no time; what was done is "". Being cancelled is neither."""

    async def fails():
        raise Throttled("later")

    async def story():
        time = TimeLeft(0.05)
        assert time
        assert await time.trouble(asyncio.sleep(0)) == ""
        assert await time.trouble(fails()) == "later"
        assert await time.trouble(asyncio.Event().wait()) == "no time was left for it"
        assert not time
        assert await time.trouble(asyncio.Event().wait()) == "no time was left for it"
        task = asyncio.create_task(TimeLeft(60).trouble(asyncio.Event().wait()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
