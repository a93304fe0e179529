"""A forecast in sentences: the same on the page and in the terminal."""

from __future__ import annotations

from leeway.client import figures
from leeway.client.forecasts import Coverage, Forecast, Gone

UNKNOWN = (
    "Not known. Forecasts are made once an hour, for windows of a day and longer and for slices shorter than a day."
)

_METHODS = {
    "mean": "it goes on as all of its history did",
    "ewma": "it goes on as its history did, and what is a week old counts half",
    "compound_poisson": "how often incidents come × how large they are, on top of what always trickles",
}


def sentences(one: Forecast | None) -> tuple[str, ...]:
    """The figure, its bands and what they are worth; or why there are none, and the straight line by its name."""
    if one is None:
        return (UNKNOWN,)
    bands = [("80", one.band80, one.gone80), ("95", one.band95, one.gone95)]
    said = [
        f"{level}{figures.SPACE}% band: {_share(band.low)} to {_share(band.high)}; {_between(one, gone)}."
        for level, band, gone in bands
        if band is not None and gone is not None
    ]
    if not said or one.point is None:
        return _lacking(one), _straight(one)
    return (_middle(one, one.point), *said, _made(one), _kept(one.coverage))


def _middle(one: Forecast, point: float) -> str:
    told = f"{_share(point)} of the whole window's budget will be spent by {figures.clock(one.until)}, as likely more "
    told += f"as less; {_share(one.spent)} is spent so far."
    if one.spent >= 1:
        return told
    told += f" The chance that nothing is left then is {_chance(one.chance)}."
    if one.exhausted_at is not None:
        told += f" It is gone by {figures.clock(one.exhausted_at)}, as likely earlier as later."
    return told


def _between(one: Forecast, gone: Gone) -> str:
    if gone.earliest is None:
        return "the budget lasts"
    if one.spent >= 1:
        return "nothing is left already"
    if gone.latest is None:
        return f"gone on {figures.clock(gone.earliest)} at the earliest, or the budget lasts"
    return f"gone between {figures.clock(gone.earliest)} and {figures.clock(gone.latest)}"


def _made(one: Forecast) -> str:
    return (
        f"Method {one.method}: {_METHODS[one.method]}; of those tried it did best here. The bands come from how far "
        f"off {one.origins:,} forecasts of the past were, those of all SLOs with such a window; {one.independent:,} of "
        f"them do not overlap."
    )


def _kept(coverage: Coverage | None) -> str:
    if coverage is None or not coverage.judged:
        return "How often such bands held in this SLO's own past is not known yet: none can be judged."
    share80, share95 = _share(coverage.inside80 / coverage.judged), _share(coverage.inside95 / coverage.judged)
    return (
        f"Measured in this SLO's own past: of {coverage.judged} forecasts, a day apart each, "
        f"{coverage.inside80} lay in their 80{figures.SPACE}% band ({share80}), "
        f"{coverage.inside95} in their 95{figures.SPACE}% band ({share95})."
    )


def _lacking(one: Forecast) -> str:
    if one.lack == "too_young":
        return (
            f"No forecast: fewer than {one.days_needed} days of this SLO are known, and the past of others is not its "
            f"own."
        )
    return (
        f"No forecast: it takes {one.origins_needed} forecasts of the past whose outcome is known, of all SLOs with "
        f"such a window together, to say how far off one may be. There are {one.origins}."
    )


def _straight(one: Forecast) -> str:
    if one.linear is None:
        return "Nothing is known of the budget that was spent, so there is no straight line either."
    told = "The straight line (linear), which promises nothing: if the window goes on as it did so far, "
    told += f"{_share(one.linear)} of the whole window's budget is spent by {figures.clock(one.until)}; "
    told += f"{_share(one.spent)} is so far."
    if one.linear_exhausted_at is not None and one.spent < 1:
        told += f" It is gone on {figures.clock(one.linear_exhausted_at)}."
    return told


def _share(spent: float) -> str:
    """A share of the budget in per cent; two digits below ten.

    >>> _share(1.1449), _share(0.0312), _share(0.0)
    ('114\\xa0%', '3.1\\xa0%', '0\\xa0%')
    """
    size = spent * 100
    return f"{size:,.0f}{figures.SPACE}%" if size >= 9.95 else f"{size:.2g}{figures.SPACE}%"


def _chance(chance: float | None) -> str:
    if chance is not None and chance < 0.005:
        return f"under 1{figures.SPACE}%"
    if chance is not None and chance > 0.995:
        return f"over 99{figures.SPACE}%"
    return figures.NONE if chance is None else f"{chance * 100:.0f}{figures.SPACE}%"
