"""Months that never happened, under policies that are real."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid
from leeway.lab.backtest import Candidate, Told, candidate
from leeway.lab.simulate import Asked, Drawn, Frequency, Subject, simulate
from leeway.lab.simulate.answer import Failure, Reached
from leeway.lab.simulate.simulate import Run
from leeway.lab.streams import Traffic
from leeway.spec.duration import Duration
from leeway.spec.library import Library

SUBJECT = Subject.made(Fraction(99, 100), Duration.parse("30d"))
FEW = Drawn(Traffic(4), 0.01)


def run(world=FEW, names=(), *, jobs=1, **asked):
    """The default set and others on a service with a target of 99 %."""
    candidates = [Candidate("default"), *(candidate(name, SUBJECT.library) for name in names)]
    wish = Asked(**({"runs": 3, "days": 7, "parts": (1.0,)} | asked))
    watching = SUBJECT.watching(candidates)
    return simulate(world, SUBJECT.objective, watching, wish, horizon_s=SUBJECT.horizon_s, jobs=jobs)


def test_four_events_an_hour_page_a_plain_rule_daily_and_the_default_set_hardly_ever():
    """On target: six weeks, and a total outage that both tell."""
    plain, default = (run(names=["fast-burn"], runs=6).summaries[place] for place in (1, 0))
    assert plain.pages.mean > 10
    assert default.pages.mean < 3
    assert default.failures[0].paged_runs == plain.failures[0].paged_runs == 6
    assert plain.failures[0].page_median_s < default.failures[0].page_median_s <= 3 * 3_600


def test_the_same_seed_gives_the_same_answer_on_any_number_of_cores():
    """To the last run; another seed another one."""
    first = run(seed=7)
    assert run(seed=7, jobs=2) == first
    assert run(seed=8) != first


def test_candidates_see_the_same_events():
    """A set beside itself has the same figures."""
    answer = run(names=["default"], seed=3)
    assert len(answer.summaries) == 1, "the same name is one candidate"
    again = run(names=["fast-burn,default"], seed=3)
    assert again.runs[0].tickets["default"] == answer.runs[0].tickets["default"]


def test_a_service_that_never_fails_pages_nobody():
    """And what fails is still told."""
    (summary,) = run(Drawn(Traffic(600), 0.0), runs=2).summaries
    assert (summary.pages.mean, summary.tickets.mean, summary.pages.none) == (0, 0, 1)
    assert summary.failures[0].page_median_s <= 600


def test_what_is_up_when_a_failure_begins_has_called_somebody_already():
    """A page from before that still fires; one that was over; one that came later."""
    watching = SUBJECT.watching([Candidate("default")])
    one = Run(0, FEW, SUBJECT.objective, watching, SUBJECT.horizon_s, Asked())

    def page(sent, resolved):
        return Told("default", "s", "o", "p", "c", Severity.PAGE, sent, sent, resolved)

    up, over, later = page(400, None), page(400, 900), page(1_600, None)
    assert one._reached([up, later], 1_000)["default"].page_s == 0
    assert one._reached([over, later], 1_000)["default"].page_s == 600
    assert one._reached([over], 1_000)["default"].page_s is None


def test_how_often_is_bounded_as_a_poisson_mean_is():
    """None in 10 months: at most 3.689 in so many; of 20 in 10 months between 1.22 and 3.09 a month (Garwood, 1936)."""
    none, some = Frequency.of([0] * 10, 30), Frequency.of([2] * 10, 30)
    assert (none.mean, none.low, none.none) == (0, 0, 1)
    assert none.high == pytest.approx(-math.log(0.025) / 10)
    assert (some.mean, some.low, some.high) == (2, pytest.approx(1.2216, abs=1e-4), pytest.approx(3.0888, abs=1e-4))


def test_runs_that_differ_by_more_than_chance_say_less():
    """All twenty in one month of ten."""
    even, uneven = Frequency.of([2] * 10, 30), Frequency.of([20, *[0] * 9], 30)
    assert even.mean == uneven.mean
    assert uneven.high - uneven.low > 3 * (even.high - even.low)


def test_waits_that_never_end_are_no_numbers():
    """Two of three paged: the middle is known, nine in ten is not; a ticket came in all."""
    found = Failure.of(0.5, [Reached(60, None), Reached(180, None), Reached(None, 600)])
    assert (found.page_median_s, found.page_p90_s, found.paged_runs, found.told_runs) == (180, None, 2, 3)
    assert found.paged.low < 2 / 3 < found.paged.high
    assert Failure.of(0.5, [Reached(None, None)] * 3).page_median_s is None


def test_the_subject_is_named_where_there_are_several():
    """None, one of the wrong name, two of which none is named."""
    with pytest.raises(Invalid, match="0 SLOs"):
        Subject.of(Library.of(()), None)
    both = Library.of([SUBJECT.slo, Subject.made(Fraction(1, 2), Duration.parse("7d")).slo])
    assert Subject.of(both, "simulated").slo == SUBJECT.slo
    with pytest.raises(Invalid, match="no SLO 'simulatd'") as caught:
        Subject.of(both, "simulatd")
    assert "simulated" in caught.value.mend
    with pytest.raises(Invalid, match="2 SLOs"):
        Subject.of(both, None)
