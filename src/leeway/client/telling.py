"""The state of an objective in a sentence, the same on the page and in the terminal."""

from __future__ import annotations

from leeway.client import figures
from leeway.client.documents import Status


def sentence(one: Status) -> str:
    """The whole state of an objective as a person would tell it."""
    what = "events" if one.budget.unit == "events" else "time slices"
    promise = f"{figures.percent(one.target)} of the {what} in the {figures.window(one)} shall be good"
    if one.window.type == "calendar":
        promise = f"{figures.percent(one.target)} of the {what} in this {figures.window(one)}, shall be good"
    if one.state == "no_data":
        return f"{promise}. Nothing was measured, so nobody knows whether they were."
    told = f"{promise}; {figures.sli(one)} were."
    ratio = one.budget.remaining_ratio
    if ratio is not None and ratio <= 0:
        over = (
            "spent" if ratio == 0 else f"overspent by {figures.rough(ratio)[1:]}"
        )  # the size of what is left, rounded as it
        return f"{told} The error budget is {over}."
    rest = f"{told} {figures.rough(ratio)} of the error budget is left"
    if one.time_to_exhaustion_s is None:
        return f"{rest}, and nothing burned in the last hour." if one.burn_rates.get("1h") == 0 else f"{rest}."
    return f"{rest}; if it goes on like in the last hour, that lasts {figures.duration(one.time_to_exhaustion_s)}."
