"""What a backtest was asked for, read: spans, rates and names become drafts, each fault told at its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leeway.client.backtests import BacktestWish, TriedBurn, Try
from leeway.core.alerting.policy import Burn, Severity
from leeway.core.objective import DAY_S, Objective
from leeway.errors import Invalid
from leeway.server.engine_port import EnginePort
from leeway.spec.documents import SLO, Clause, Kind, LeewayPolicy, Metadata, Reference
from leeway.spec.duration import seconds
from leeway.spec.library import Library
from leeway.spec.policies import AnyPolicy, named

if TYPE_CHECKING:  # it is loaded with the first backtest: a start need not wait for it
    from leeway.lab.backtest import Draft, Question, Told

SPAN_S, LONGEST_S = 28 * DAY_S, 400 * DAY_S
BEFORE_S = 3 * DAY_S
"""What is read before the window of the first moment: burn rates look back so far."""

ALERTS = 10_000
"""The newest of an SLO, among which those of the span are looked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, which points it takes (epoch seconds), and by draft the text that brings it into force."""

    question: Question
    first: int
    end: int
    texts: Mapping[str, str]


async def read_wish(engine: EnginePort, slo: str, objective: Objective, wish: BacktestWish) -> Asked:
    """Raises Invalid with the field at fault."""
    from leeway.formats.openslo import write
    from leeway.lab.backtest import DEFINED, PRESENT, Question, documents, slo_named

    start, end = _span(engine, wish)
    _check_zone(wish.zone)
    library = engine.library
    document = slo_named(library, slo)
    drafts = tuple(_draft(one, f"tries[{at}]", objective, document, library) for at, one in enumerate(wish.tries))
    taken = [DEFINED, PRESENT]
    for at, draft in enumerate(drafts):
        if draft.name in taken:
            raise Invalid(f"{draft.name!r} is taken", place=f"tries[{at}].name", mend="take another name")
        taken.append(draft.name)
    return Asked(
        Question(
            slo,
            objective.name,
            drafts,
            start,
            await _present(engine, slo),
            int((await engine.history(Kind.SLO, slo))[-1].at),
            wish.zone,
        ),
        min(start, objective.window.at(start).start) - BEFORE_S,
        end,
        {one.name: write(documents(library, document, objective.name, one)) for one in drafts},
    )


def _span(engine: EnginePort, wish: BacktestWish) -> tuple[int, int]:
    head = engine.health().head
    end = head if wish.end is None else min(head, int(wish.end.timestamp()) // 60 * 60)
    start = end - SPAN_S if wish.start is None else max(int(wish.start.timestamp()) // 60 * 60, end - LONGEST_S)
    if start >= end:
        raise Invalid("the span ends before it starts", place="start", mend="take an earlier start")
    return start, end


async def _present(engine: EnginePort, slo: str) -> tuple[Told, ...]:
    from leeway.lab.backtest import PRESENT, Told

    return tuple(
        Told(
            PRESENT,
            one.slo,
            one.objective,
            one.policy,
            one.condition,
            one.severity,
            one.fired_at,
            one.sent_at,
            one.resolved_at,
            one.suppressed_by,
            reasons=one.reasons,
        )
        for one in await engine.alarm.alerts(slo, up=False, limit=ALERTS)
    )


def _draft(wish: Try, at: str, objective: Objective, slo: SLO, library: Library) -> Draft:
    from leeway.lab.backtest import Draft

    if wish.policy and wish.burns:
        raise Invalid("it names a policy and has burn rates of its own", place=f"{at}.policy", mend="leave one out")
    policies: tuple[AnyPolicy, ...] | None = None
    if wish.policy:
        policies = (_known(wish.policy, at, library),)
    elif wish.burns:
        policies = _made(wish, at, objective, slo, library)
    return Draft(wish.name, policies, None if wish.target is None else Decimal(str(wish.target)))


def _known(name: str, at: str, library: Library) -> AnyPolicy:
    try:
        return named(name, library)
    except Invalid as error:
        raise Invalid(error.message, place=f"{at}.policy", mend=error.mend) from error


def _made(wish: Try, at: str, objective: Objective, slo: SLO, library: Library) -> tuple[LeewayPolicy, ...]:
    from leeway.lab.backtest import named_policy, told_by_it

    share = objective.allowed_share if wish.target is None else 1 - Fraction(str(wish.target))
    by: dict[str, list[Burn]] = {}
    for number, one in enumerate(wish.burns):
        by.setdefault(one.severity, []).append(_burn(one, f"{at}.burns[{number}]", objective, share))
    notify = told_by_it(library, slo)
    made = named_policy(wish.name, tuple(_policy(severity, each, notify) for severity, each in by.items()))
    for policy in made:
        if (Kind.ALERT_POLICY, policy.metadata.name) in library.index:
            said = f"there is an alert policy {policy.metadata.name!r} already"
            raise Invalid(said, place=f"{at}.name", mend="take a new name")
    return made


def _policy(severity: str, burns: Sequence[Burn], notify: tuple[Reference, ...]) -> LeewayPolicy:
    groups = tuple((Clause(one),) for one in burns)
    return LeewayPolicy(Metadata(""), groups, severity=Severity(severity), notify=notify)


def _burn(wish: TriedBurn, at: str, objective: Objective, share: Fraction) -> Burn:
    long_s = _length(wish.long, f"{at}.long")
    short_s = _length(wish.short, f"{at}.short") if wish.short else None
    if long_s > objective.window.longest_s:
        raise Invalid("it is longer than the SLO's window", place=f"{at}.long", mend="take a shorter span")
    if short_s is not None and short_s >= long_s:
        raise Invalid("the short span is not shorter than the long one", place=f"{at}.short", mend="take a shorter one")
    rate = Fraction(str(wish.burn_rate))
    if rate * share >= 1:
        mend = f"a total outage burns at {float(1 / share):.6g}: take less"
        raise Invalid("no burn gets above this rate", place=f"{at}.burn_rate", mend=mend)
    return Burn(rate, long_s, short_s)


def _length(text: str, place: str) -> int:
    try:
        found = seconds(text)
    except ValueError as error:
        raise Invalid(str(error), place=place, mend="write 5m, 1h or 3d") from error
    if found % 60:
        raise Invalid("it is no whole number of minutes", place=place, mend="write 5m, 1h or 3d")
    return found


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:  # it may be no name at all, or one of a folder
        raise Invalid(f"{name!r} is no time zone", place="zone", mend="write for example Europe/Berlin") from error
