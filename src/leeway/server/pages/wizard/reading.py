"""What the answers mean: text becomes documents, and each refusal names the field that it is about. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from leeway.core.objective import Op, Threshold
from leeway.errors import Invalid
from leeway.formats.points import Owner
from leeway.lab.suggest import draft
from leeway.net import parse_url
from leeway.server.pages.reading import CALENDAR, decimal, length, share, zone
from leeway.server.pages.wizard import probing
from leeway.server.pages.wizard.answers import Answers
from leeway.spec.annotations import PROJECT
from leeway.spec.documents import (
    SLI,
    SLO,
    BudgetingMethod,
    DataSource,
    Document,
    Kind,
    LeewayPolicy,
    Metadata,
    Metric,
    Plain,
    Ratio,
    RawValue,
    Reference,
    Service,
    Start,
    TimeWindow,
)
from leeway.spec.duration import Duration, Unit
from leeway.spec.library import Library
from leeway.spec.policies import DEFAULT

PROMETHEUS = "prometheus"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
FORMS = ({"good", "total"}, {"bad", "total"}, {"value"})
ROLES = ("good", "bad", "total", "value")
WINDOWS = {
    "7d": "the last 7 days",
    "28d": "the last 28 days: as many weekends in each",
    "30d": "the last 30 days",
    "90d": "the last 90 days",
    "1M": "each calendar month",
    "1Q": "each calendar quarter",
}
BACKS = {"1d": "1 day", "7d": "7 days", "30d": "30 days", "90d": "90 days"}
PLACEHOLDER = "slo"
"""The name of an SLO that has none yet."""


def source(answers: Answers, library: Library) -> DataSource | None:
    """Whom to ask; None where points are given or pushed. Raises Invalid."""
    match answers.way:
        case "known":
            found = library.index.get((Kind.DATA_SOURCE, answers.source))
            if not isinstance(found, DataSource):
                raise Invalid("there is no such data source", place="source", mend="choose one of the list")
            return found
        case "prometheus":
            return _new_source(answers, library)
        case "probe":
            probing.sli(answers, PLACEHOLDER)
            return None
        case "file" | "push":
            return None
        case _:
            raise Invalid("nothing is chosen yet", place="way", mend="choose where the data comes from")


def _new_source(answers: Answers, library: Library) -> DataSource:
    parse_url(answers.url, "url")
    name = answers.called or PROMETHEUS
    _ensure_name(name, "called")
    connection: dict[str, Plain] = {"url": answers.url}
    if answers.token:
        connection["bearer"] = {"env": answers.token}
    made = DataSource(Metadata(name), PROMETHEUS, connection)
    known = library.index.get((Kind.DATA_SOURCE, name))
    if isinstance(known, DataSource) and (known.type, known.connection) != (made.type, made.connection):
        mend = "give this one another name, or choose that one above"
        raise Invalid(f"a data source {name} stands already, and is another", place="called", mend=mend)
    return made


def queries(answers: Answers) -> Mapping[str, str]:
    """The question of each role. Raises Invalid."""
    told = {role: text for role in ROLES if (text := getattr(answers, role))}
    if set(told) in FORMS:
        return told
    if not told:
        raise Invalid("nothing is asked yet", place="total", mend="fill in good and all, bad and all, or a value")
    if "value" in told:
        mend = "clear the other fields, or this one"
        raise Invalid("a value stands alone", place="value", mend=mend)
    if "total" not in told:
        raise Invalid("good or bad events need all events beside them", place="total", mend="fill it in")
    if {"good", "bad"} <= set(told):
        raise Invalid("good events or bad ones, not both", place="bad", mend="clear one of the two")
    raise Invalid("all events alone say nothing", place="good", mend="fill in good events, or bad ones")


def question(answers: Answers, library: Library) -> Library:
    """What is asked of the source, as an SLO that has nothing else of its own yet. Raises Invalid."""
    asked = source(answers, library)
    if asked is None:
        raise Invalid("its points are pushed: there is no source to ask", place="way", mend="choose a source")
    threshold = Threshold(Op.LTE, 0.0) if "value" in queries(answers) else None
    slo = draft(Owner(PLACEHOLDER), Fraction(1, 2), Duration(4, Unit.WEEK), threshold)
    return Library.of([asked, replace(slo, indicator=_sli(answers, asked, PLACEHOLDER))])


def probe(answers: Answers) -> Library:
    """One request, as an SLO that has nothing else of its own yet. Raises Invalid."""
    slo = draft(Owner(PLACEHOLDER), Fraction(1, 2), Duration(4, Unit.WEEK), None)
    return Library.of([replace(slo, indicator=probing.sli(answers, PLACEHOLDER, once=True))])


def _sli(answers: Answers, asked: DataSource, name: str) -> SLI:
    ask = {
        role: Metric({"query": text}, Reference(asked.metadata.name), asked.type)
        for role, text in queries(answers).items()
    }
    value = ask.get("value")
    counter = answers.counter == "yes"
    metric = RawValue(value) if value else Ratio(ask["total"], ask.get("good"), ask.get("bad"), counter=counter)
    return SLI(Metadata(f"{name[:59]}-sli"), metric)


def threshold(answers: Answers) -> Threshold:
    """What values are held against. Raises Invalid."""
    if answers.op not in set(Op):
        raise Invalid("this is no comparison", place="op", mend="choose one of the list")
    number = decimal(answers.threshold, "threshold", "write a number, such as 0.3")
    return Threshold(Op(answers.op), float(number))


def judged(answers: Answers, *, of_values: bool, name: str = PLACEHOLDER) -> SLO:
    """The SLO as far as it is known without a target: how it counts, and over which window. Raises Invalid."""
    limit = threshold(answers) if of_values else None
    slo = draft(Owner(name), Fraction(1, 2), _window(answers).duration, limit)
    objective = slo.objectives[0]
    if answers.method not in set(BudgetingMethod):
        raise Invalid("this is no budgeting method", place="method", mend="choose one of the list")
    method = BudgetingMethod(answers.method)
    if method is not BudgetingMethod.OCCURRENCES:
        objective = replace(objective, slice_window=_slice(answers))
    if method is BudgetingMethod.TIMESLICES:
        objective = replace(objective, slice_target=share(answers.slice_target, "slice_target"))
    return replace(slo, window=_window(answers), method=method, objectives=(objective,))


def _slice(answers: Answers) -> Duration:
    found = length(answers.slice, "slice")
    if not 60 <= found.seconds <= 3_600:
        raise Invalid("slices last from a minute to an hour here", place="slice", mend="write 1m, 5m or 1h")
    return found


def _window(answers: Answers) -> TimeWindow:
    if answers.window not in WINDOWS:
        raise Invalid("this is no window", place="window", mend="choose one of the list")
    found = length(answers.window, "window")
    if found.unit not in (Unit.MONTH, Unit.QUARTER):
        return TimeWindow(found)
    return TimeWindow(found, Start(CALENDAR, zone(answers.zone, "zone")))


def target(answers: Answers) -> Decimal:
    """The share that has to be good; Invalid."""
    return share(answers.target, "target")


def recipients(answers: Answers, library: Library) -> tuple[str, ...]:
    """Whom the standard policies shall tell; Invalid."""
    for name in answers.tell:
        if library.recipient(name) is None:
            raise Invalid(f"there is no recipient {name[:60]!r}", place="tell", mend="choose from the list")
    return tuple(dict.fromkeys(answers.tell))


def _ensure_name(text: str, place: str) -> None:
    if not NAME.fullmatch(text):
        mend = "write small letters, digits and dashes, 63 at most, as checkout-fast"
        raise Invalid(f"{text[:70]!r} is no name" if text else "a name is missing", place=place, mend=mend)


def names(answers: Answers, library: Library) -> None:
    """Raises Invalid for what is no name, or somebody else's."""
    _ensure_name(answers.slo, "slo")
    if (Kind.SLO, answers.slo) in library.known:
        mend = "give this one another name, or change that one at its page"
        raise Invalid(f"an SLO {answers.slo} stands already", place="slo", mend=mend)
    _ensure_name(answers.service, "service")
    if answers.in_project:
        _ensure_name(answers.in_project, "in_project")
    told = f"{answers.slo}-alerts"
    if answers.tell and (Kind.ALERT_POLICY, told) in library.known:
        raise Invalid(f"an alert policy {told} stands already", place="slo", mend="give this one another name")


def documents(answers: Answers, library: Library, *, of_values: bool) -> tuple[Document, ...]:
    """All that has to be applied, what stands already left out. Raises Invalid."""
    names(answers, library)
    asked, told = source(answers, library), recipients(answers, library)
    slo = judged(answers, of_values=of_values, name=answers.slo)
    if asked is not None:
        slo = replace(slo, indicator=_sli(answers, asked, answers.slo))
    elif answers.way == "probe":
        slo = replace(slo, indicator=probing.sli(answers, answers.slo))
    own = {PROJECT.key: answers.in_project} if answers.in_project else {}
    labels = {"owner": (answers.owner,)} if answers.owner else {}
    slo = replace(
        slo,
        metadata=Metadata(answers.slo, answers.title, labels, own),
        service=answers.service,
        description=answers.about,
        objectives=(replace(slo.objectives[0], target=target(answers)),),
        alert_policies=(Reference(f"{answers.slo}-alerts"),) if told else (),
    )
    made: list[Document] = []
    if (Kind.SERVICE, answers.service) not in library.known:
        made.append(Service(Metadata(answers.service, annotations=own)))
    if asked is not None and (Kind.DATA_SOURCE, asked.metadata.name) not in library.known:
        made.append(replace(asked, metadata=replace(asked.metadata, annotations=own)))
    if told:
        notify = tuple(map(Reference, told))
        made.append(LeewayPolicy(Metadata(f"{answers.slo}-alerts", annotations=own), preset=DEFAULT, notify=notify))
    return (*made, slo)
