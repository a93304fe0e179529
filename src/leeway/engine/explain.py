"""Why a number is what it is: the formula of its method with the figures filled in, in words a person can follow."""

from __future__ import annotations

from fractions import Fraction

from leeway.core.assess import Assessment
from leeway.core.objective import DAY_S, Method, NoData, Objective, Op
from leeway.core.window import Calendar, Rolling
from leeway.engine.report import rfc3339
from leeway.engine.views import Line, Status

OPERATORS = {Op.LTE: "≤", Op.GTE: "≥", Op.LT: "<", Op.GT: ">"}

_NO_DATA = {
    NoData.EXCLUDE: "slices without events count neither way",
    NoData.GOOD: "slices without events count as good since the first point",
    NoData.BAD: "slices without events count as bad since the first point",
    NoData.CARRY: "slices without events repeat the last slice that had some, if it is recent enough",
}


def lines(status: Status) -> tuple[Line, ...]:
    """From the promise to the state, one line per step of the computation."""
    assessment = status.assessment
    objective, budget = assessment.objective, assessment.budget
    unit = budget.unit
    said = [
        Line("target", percent(objective.target), "the share that must be good"),
        Line("window", *_window(assessment)),
        Line("method", objective.method.value, _method(objective)),
    ]
    if objective.threshold is not None:
        said.append(
            Line("good value", f"{OPERATORS[objective.threshold.op]} {objective.threshold.value:g}", "else it is bad")
        )
    said += [
        Line("total", f"{amount(budget.total)} {unit}", "all that counts in the window so far"),
        Line("bad", f"{amount(budget.bad)} {unit}", "all of these that were not good"),
        *_doubt(assessment),
        Line("SLI", percent(budget.sli), f"good / total = {amount(budget.good)} / {amount(budget.total)}"),
        Line("allowed", f"{amount(budget.allowed)} {unit}", _allowed(assessment)),
        Line("consumed", _of(budget.consumed, budget.consumed_ratio, unit), "what went bad"),
        Line(
            "remaining", _of(budget.remaining, budget.remaining_ratio, unit), "allowed − consumed; it may go below zero"
        ),
        Line("interval", *_interval(assessment)),
        Line("coverage", percent(assessment.coverage), "elapsed steps of the window that have data / all of them"),
    ]
    if objective.method is not Method.OCCURRENCES:
        said.append(Line("no data", objective.no_data.value, _NO_DATA[objective.no_data]))
    hour = assessment.burn_rates["1h"]
    said += [
        Line("burn rate, 1 h", "—" if hour is None else f"{float(hour):.3g}×", _burn(hour)),
        Line("exhausted in", duration(assessment.time_to_exhaustion_s), "if the burn of the last hour goes on"),
        Line("known since", "—" if status.born is None else rfc3339(status.born), _filled(status)),
        Line("state", assessment.health.value.replace("_", " "), _state(assessment)),
    ]
    return tuple(said)


def _doubt(assessment: Assessment) -> tuple[Line, ...]:
    """What may be good of what counts as bad, where histograms cannot tell."""
    budget, bounds = assessment.budget, assessment.budget.bounds
    if bounds is None:
        return ()
    inside = "a bucket"
    if assessment.edges is not None:
        inside = f"the bucket from {assessment.edges[0]:g} to {assessment.edges[1]:g}"
    spent = "" if bounds.consumed_ratio is None else f"; {' to '.join(map(percent, bounds.consumed_ratio))} consumed"
    between = f"so the SLI is {' to '.join(map(percent, bounds.sli))}{spent}"
    return (
        Line("in doubt", f"{amount(budget.doubt)} {budget.unit}", f"the threshold lies inside {inside}: {between}"),
    )


def percent(share: Fraction | None, digits: int = 6) -> str:
    """As a percentage with as many significant digits as matter, — for nothing.

    >>> percent(Fraction(999, 1000)), percent(Fraction(2, 3), 3), percent(Fraction(-1234), 3), percent(None)
    ('99.9 %', '66.7 %', '−123,400 %', '—')
    """
    if share is None:
        return "—"
    number = float(share * 100)
    text = f"{number:,.0f}" if abs(number) >= 10**digits else f"{number:.{digits}g}"
    return text.replace("-", "−") + " %"


def amount(number: Fraction) -> str:
    """A count: whole where it is whole, else to three decimals, with thousands apart.

    >>> amount(Fraction(-1234567, 1000)), amount(Fraction(2000))
    ('−1,234.567', '2,000')
    """
    text = f"{int(number):,}" if number.denominator == 1 else f"{float(number):,.3f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def duration(seconds: Fraction | float | None) -> str:
    """A length of time in its two largest units.

    >>> duration(90_061), duration(59), duration(None)
    ('1 d 1 h', '59 s', '—')
    """
    if seconds is None:
        return "—"
    left = int(seconds)
    parts: list[str] = []
    for name, size in (("d", DAY_S), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count:,} {name}")
    return " ".join(parts[:2])


def _window(assessment: Assessment) -> tuple[str, str]:
    window = assessment.objective.window
    span = f"{rfc3339(assessment.window.start)} to {rfc3339(assessment.window.end)}"
    if isinstance(window, Rolling):
        return f"rolling {duration(window.length_s)}", span
    assert isinstance(window, Calendar)  # noqa: S101 - a window is one of the two
    plural = "" if window.count == 1 else f"{window.count} × "
    passed = percent(assessment.elapsed_ratio)
    return f"calendar {plural}{window.period.value} in {window.zone}", f"{span}; {passed} has passed"


def _method(objective: Objective) -> str:
    slices = f"slices of {duration(objective.slice_s)}"
    match objective.method:
        case Method.OCCURRENCES:
            return "every event counts the same: good events / all events"
        case Method.TIMESLICES:
            return f"{slices}; one is good if {percent(objective.slice_target)} of its events are: good slices / slices"
        case Method.RATIO_TIMESLICES:
            return f"{slices}; each counts by its own share of good events, and all weigh the same"
        case Method.TRAFFIC_WEIGHTED_TIMESLICES:
            return f"{slices}, good if {percent(objective.slice_target)} of their events are; their events are counted"


def _allowed(assessment: Assessment) -> str:
    objective, budget = assessment.objective, assessment.budget
    share = f"(1 − {percent(objective.target)})"
    if budget.counts_events:
        return f"{share} × {amount(budget.total)} events seen so far"
    return (
        f"{share} × {amount(Fraction(assessment.window.length_s, objective.slice_s or 1))} slices of the whole window"
    )


def _of(number: Fraction, ratio: Fraction | None, unit: str) -> str:
    return f"{amount(number)} {unit}" + ("" if ratio is None else f" ({percent(ratio)})")


def _interval(assessment: Assessment) -> tuple[str, str]:
    interval, budget = assessment.interval, assessment.budget
    if interval is None:
        return "—", "nothing was seen, so nothing can be said"
    low, high = percent(Fraction(interval.low)), percent(Fraction(interval.high))
    sure = f"{interval.confidence * 100:.0f} %"
    words = f"the true SLI lies here with {sure} confidence (Wilson), if {budget.unit} are independent"
    target = assessment.objective.target
    if interval.low < target <= interval.high:
        words += "; too little to tell whether the target is met"
    return f"{low} to {high}", words


def _burn(rate: Fraction | None) -> str:
    if rate is None:
        return "nothing counted in the last hour"
    return "bad share of the last hour / allowed share; 1 empties the budget exactly at the window's end"


def _filled(status: Status) -> str:
    if status.born is None:
        return "no point was ever received"
    if status.filled >= 1:
        return "the whole window is known"
    return f"the window is {status.filled * 100:.0f} % filled: what lies before counts for nothing"


def _state(assessment: Assessment) -> str:
    return {
        "healthy": "at least 20 % of the allowed budget remain",
        "at_risk": "less than 20 % of the allowed budget remain",
        "exhausted": "nothing remains of the allowed budget",
        "no_data": "nothing counts in this window: that is not good, it is unknown",
    }[assessment.health.value]
