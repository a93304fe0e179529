"""An SLO in plain English, for a person who has never seen one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from leeway.core.objective import DAY_S, Method, NoData, Objective, Op
from leeway.core.window import Calendar, EndOfMonth, Rolling
from leeway.spec.documents import SLO, Metric, Plain, Ratio, RawRatio, RawType, RawValue
from leeway.spec.glossary import WORDS
from leeway.spec.library import Library
from leeway.spec.plan import Indicator, Item, Plan, compile_slo
from leeway.spec.quantity import count, one_in, percent, span
from leeway.spec.told import who_is_told

ALWAYS = ("SLI", "SLO", "target", "window", "error budget")
EVENTS_A_DAY = 100_000  # the traffic of the example; any number would do
OPERATORS = {Op.LTE: "at most", Op.LT: "below", Op.GTE: "at least", Op.GT: "above"}
CUT = "Time is cut into slices of {slice}."
EVEN = "Each slice weighs the same, busy or quiet."
METHODS = {
    Method.OCCURRENCES: "Every event counts once, whenever it happens.",
    Method.TIMESLICES: f"{CUT} A slice is good if at least {{slice_target}} of its events are good, otherwise the "
    f"whole slice is bad. {EVEN}",
    Method.RATIO_TIMESLICES: f"{CUT} Each counts by the share of its events that were good: half bad is half a bad "
    f"slice. {EVEN}",
    Method.TRAFFIC_WEIGHTED_TIMESLICES: f"{CUT} A slice is good if at least {{slice_target}} of its events are good, "
    "otherwise all its events are bad. A busy slice weighs more than a quiet one.",
}
NO_DATA = {
    NoData.EXCLUDE: "A slice without events counts neither way.",
    NoData.GOOD: "A slice without events counts as good.",
    NoData.BAD: "A slice without events counts as bad: silence is taken for an outage.",
    NoData.CARRY: "A slice without events counts as the last one that had events, for at most {limit}.",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """The error budget of one objective in figures. `outage_s`: how long everything may fail in one window."""

    objective: str
    target: float
    allowed_ratio: float
    unit: str
    outage_s: float
    slices: float | None
    one_in: str
    example_events_per_day: int
    example_allowed_per_day: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to say about an SLO, and the words it takes."""

    slo: str
    title: str
    service: str
    sections: tuple[Section, ...]
    budgets: tuple[Budget, ...]
    glossary: dict[str, str]


def explain(slo: SLO, library: Library) -> Explanation:
    """The SLO in words. Raises `Invalid` for one that cannot be computed."""
    plan = compile_slo(slo, library)
    first = plan.items[0].objective
    sections = (
        Section("What is good", tuple(_good(plan))),
        Section("Over which time", tuple(_window(first))),
        Section("How it is counted", (f"{first.method}. {_method(first)}",)),
        Section("How good it has to be", tuple(line for item in plan.items for line in _target(item, len(plan.items)))),
        Section("When there is no data", tuple(_no_data(first))),
        Section("Who is told", tuple(who_is_told(slo, library, [item.objective for item in plan.items]))),
        Section("Good to know", tuple(_remarks(first))),
    )
    return Explanation(
        slo.metadata.name,
        slo.metadata.display_name or slo.description.strip(),
        slo.service,
        sections,
        tuple(_budget(item.objective) for item in plan.items),
        _glossary(sections),
    )


# what is good -------------------------------------------------------------------------------------------------------


def _good(plan: Plan) -> Iterator[str]:
    if plan.composite:
        yield f"This is a composite: {count(len(plan.items), 'objective')}, each with an SLI of its own."
    shown: list[Indicator | None] = []
    for item in plan.items:
        if item.indicator in shown:
            continue
        shown.append(item.indicator)
        prefix = f"For {item.objective.name}: " if plan.composite else ""
        for sentence in _indicator(item):
            yield prefix + sentence
            prefix = ""


def _indicator(item: Item) -> Iterator[str]:
    if item.indicator is None:
        yield "The SLI is described elsewhere; these files do not have it."
        if item.objective.threshold is not None:
            yield _threshold(item.objective)
        return
    match item.indicator.metric:
        case Ratio(total, good, bad, counter):
            yield "The SLI is the share of events that were good."
            if good is not None:
                yield f"Good events: {_metric(good)}"
            if bad is not None:
                yield f"Bad events: {_metric(bad)}"
            yield f"All events: {_metric(total)}"
            if counter:
                yield "The numbers are counters: they only grow, and the difference over time is what happened."
        case RawRatio(raw, kind):
            what = "was good" if kind is RawType.SUCCESS else "was bad"
            yield f"The source itself says which share {what}: {_metric(raw)}"
        case RawValue(value):
            yield f"The SLI is a value: {_metric(value)}"
            yield _threshold(item.objective)


def _threshold(objective: Objective) -> str:
    if objective.threshold is None:
        return ""
    return f"A reading is good if it is {OPERATORS[objective.threshold.op]} {objective.threshold.value:g}."


def _metric(metric: Metric) -> str:
    where = " ".join(one for one in (metric.type, f"({metric.source.name})" if metric.source else "") if one)
    asked = metric.spec.get("query")
    question = (
        asked.strip() if isinstance(asked, str) else ", ".join(f"{k}: {_short(v)}" for k, v in metric.spec.items())
    )
    return f"{question} [{where}]" if where else question


def _short(value: Plain) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


# window, method, no data --------------------------------------------------------------------------------------------


def _window(objective: Objective) -> Iterator[str]:
    window = objective.window
    if isinstance(window, Rolling):
        yield f"The last {span(window.length_s)}, ending now. The window moves with the clock (days are 24 hours)."
        return
    every = f"{window.period}" if window.count == 1 else f"{window.count} {window.period}s"
    yield (
        f"A calendar window: every {every}, counted from {window.anchor:%Y-%m-%d %H:%M:%S} "
        f"as clocks show it in {window.zone}."
    )
    yield "At each start the budget is whole again; what happened before no longer counts."
    if window.anchor.day > 28 and window.end_of_month is EndOfMonth.CLAMP:
        yield f"In a month without a day {window.anchor.day} the window begins on its last day."
    elif window.anchor.day > 28:
        yield f"In a month without a day {window.anchor.day} the window begins as many days into the next month."


def _method(objective: Objective) -> str:
    target = percent(objective.slice_target) if objective.slice_target is not None else ""
    return METHODS[objective.method].format(slice=span(objective.slice_s or 0), slice_target=target)


def _no_data(objective: Objective) -> Iterator[str]:
    if objective.method is Method.OCCURRENCES:
        yield "Where nothing happened, nothing counts: neither good nor bad."
    else:
        yield NO_DATA[objective.no_data].format(limit=span(objective.carry_limit_s))
        if objective.no_data is not NoData.EXCLUDE:
            yield "This holds from the first data on; what lies before the birth of the SLO never counts."
    yield "No data is not good: every number is shown with its coverage, the share of the window that has data."


# targets and budgets ------------------------------------------------------------------------------------------------


def window_s(objective: Objective) -> int:
    """The length of the window; of a calendar one its usual length: months of 30, quarters of 90, years of 365 days."""
    window = objective.window
    if isinstance(window, Rolling):
        return window.length_s
    return window.count * _usual_s(window)


def _usual_s(window: Calendar) -> int:
    lengths = {"minute": 60, "hour": 3600, "day": DAY_S, "week": 7 * DAY_S, "month": 30 * DAY_S, "quarter": 90 * DAY_S}
    return lengths.get(window.period, 365 * DAY_S)


def _target(item: Item, many: int) -> Iterator[str]:
    objective, share = item.objective, item.objective.allowed_share
    name = f"{objective.name}: " if many > 1 or not objective.name.isdigit() else ""
    length = window_s(objective)
    what = {"events": "events", "slices": "slices of time"}["events" if objective.method.counts_events else "slices"]
    yield f"{name}{percent(objective.target)} of the {what} in the window have to be good."
    about = "" if isinstance(objective.window, Rolling) else f" of {span(length)}"
    if objective.method.counts_events:
        a_day = share * EVENTS_A_DAY
        yield (
            f"The error budget is the other {percent(share)}: {one_in(share)} may fail. "
            f"At {EVENTS_A_DAY:,} a day that is {_round(a_day)} a day, "
            f"{_round(a_day * length / DAY_S)} in the window{about}."
        )
        yield f"If everything fails at once and traffic is even, the budget lasts {span(share * length)}."
    else:
        slices = Fraction(length, objective.slice_s or 60)
        yield (
            f"The error budget is the other {percent(share)}: {_round(share * slices)} of the {_round(slices)} slices "
            f"in the window{about} may be bad, {span(share * length)} in all."
        )


def _budget(objective: Objective) -> Budget:
    share, length = objective.allowed_share, window_s(objective)
    slices = float(share * length / objective.slice_s) if objective.slice_s else None
    return Budget(
        objective.name,
        float(objective.target),
        float(share),
        "events" if objective.method.counts_events else "slices",
        float(share * length),
        slices,
        one_in(share),
        EVENTS_A_DAY,
        float(share * EVENTS_A_DAY),
    )


def _round(number: Fraction) -> str:
    return f"{int(number):,}" if number.denominator == 1 or number >= 100 else f"{float(number):,.3g}"


# remarks ------------------------------------------------------------------------------------------------------------


def _remarks(objective: Objective) -> Iterator[str]:
    yield (
        "A service that is exactly on target breaches about half of its windows, by chance alone. Aim above the target "
        "to keep it."
    )
    yield "The budget is there to be spent: what is left over bought no user anything."
    if objective.target == 0:
        yield "With a target of 0 nothing can go wrong: this SLO can never be missed."
    yield "Reliability is not availability: a service that answers wrongly or late is there, and not reliable."


def _glossary(sections: tuple[Section, ...]) -> dict[str, str]:
    said = " ".join(line for section in sections for line in section.sentences)
    return {word: meaning for word, meaning in WORDS.items() if word in ALWAYS or re.search(rf"\b{word}s?\b", said)}
