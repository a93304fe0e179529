"""A forecast in sentences, as the terminal and the page show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leeway.client.forecasts import Band, Coverage, Forecast, Gone
from leeway.client.foretelling import UNKNOWN, sentences

NOW = datetime(2026, 11, 11, 10, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
BANDED = Forecast(
    made_at=NOW,
    until=END,
    method="compound_poisson",
    spent=0.38,
    point=0.73,
    exhausted_at=None,
    band80=Band(low=0.48, high=1.72),
    band95=Band(low=0.42, high=2.85),
    gone80=Gone(earliest=NOW + timedelta(days=9), latest=None),
    gone95=Gone(earliest=NOW + timedelta(days=5), latest=None),
    chance=0.3,
    coverage=Coverage(inside80=21, inside95=24, judged=25),
    linear=1.14,
    linear_exhausted_at=NOW + timedelta(days=16),
    lack=None,
    origins=5_400,
    independent=300,
    origins_needed=200,
    days_needed=10,
)
BARE = {"point": 1.14, "method": "linear", "coverage": None, "chance": None}
BARE |= dict.fromkeys(("band80", "band95", "gone80", "gone95", "exhausted_at"))


def told(**different: object) -> str:
    return " ".join(sentences(BANDED.model_copy(update=different))).replace("\N{NO-BREAK SPACE}", " ")


def test_a_banded_forecast_says_figure_bands_times_method_and_what_it_is_worth():
    """In this order; whoever reads on learns how much to believe."""
    parts = [
        "73 % of the whole window's budget will be spent by 2026-12-01 00:00 UTC, as likely more as less",
        "38 % is spent so far",
        "chance that nothing is left then is 30 %",
        "80 % band: 48 % to 172 %; gone on 2026-11-20 10:00 UTC at the earliest, or the budget lasts.",
        "95 % band: 42 % to 285 %",
        "Method compound_poisson: how often incidents come",
        "5,400 forecasts of the past",
        "300 of them do not overlap",
        "of 25 forecasts, a day apart each, 21 lay in their 80 % band (84 %), 24 in their 95 % band (96 %)",
    ]
    places = [told().find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "linear" not in told()


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"gone80": Gone(earliest=None, latest=None)}, "172 %; the budget lasts."),
        ({"gone80": Gone(earliest=NOW, latest=END)}, "gone between 2026-11-11 10:00 UTC and 2026-12-01 00:00 UTC."),
        ({"spent": 1.2, "gone80": Gone(earliest=NOW, latest=NOW)}, "172 %; nothing is left already."),
        ({"exhausted_at": END}, "It is gone by 2026-12-01 00:00 UTC, as likely earlier as later."),
        ({"chance": 0.001}, "is under 1 %."),
        ({"chance": 0.999}, "is over 99 %."),
        ({"coverage": Coverage(inside80=0, inside95=0, judged=0)}, "not known yet: none can be judged"),
    ],
)
def test_each_case_has_its_words(different, said):
    """Nothing is promised after the horizon, and a chance is never said to be none."""
    assert said in told(**different)


def test_without_bands_the_straight_line_is_called_so_and_the_reason_comes_first():
    """A line through ten days is not a forecast."""
    few = told(**BARE, lack="too_few_origins", origins=84)
    assert few.startswith("No forecast: it takes 200 forecasts of the past whose outcome is known")
    assert "There are 84. The straight line (linear), which promises nothing" in few
    assert "114 % of the whole window's budget is spent by 2026-12-01 00:00 UTC" in few
    assert few.endswith("It is gone on 2026-11-27 10:00 UTC.")
    young = told(**BARE, lack="too_young")
    assert young.startswith("No forecast: fewer than 10 days of this SLO are known")


def test_where_nothing_is_known_nothing_is_said_to_be_zero():
    """Neither a forecast nor a line."""
    nothing = BARE | {"point": None, "linear": None, "linear_exhausted_at": None, "spent": 0.0, "lack": "too_young"}
    assert told(**nothing).endswith("so there is no straight line either.")
    assert sentences(None) == (UNKNOWN,)
