"""The specs of `leeway.dev/v1` documents as plain data. What equals the default of `core` is left out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Remaining, Statable
from leeway.core.objective import Op
from leeway.spec.documents import Clause, LeewayPolicy, Plain, Recipient
from leeway.spec.duration import Duration, Unit

Tree = dict[str, Plain]

_USUAL: dict[type, Op] = {Burn: Op.GT, Remaining: Op.LT, Exhaustion: Op.LT, Drop: Op.GTE, Coverage: Op.LT}
_UNITS = (Unit.DAY, Unit.HOUR, Unit.MINUTE)


def policy(document: LeewayPolicy) -> Tree:
    """The spec of an AlertPolicy."""
    made: Tree = {"severity": document.severity.value} if document.severity else {}
    if document.cooldown_s is not None:
        made["cooldown"] = span(document.cooldown_s)
    if document.preset:
        made["preset"] = document.preset
    else:
        made["conditions"] = [_group(one) for one in document.groups]
    if document.notify:
        made["notify"] = [one.name for one in document.notify]
    return made


def recipient(document: Recipient) -> Tree:
    """The spec of a Recipient."""
    made: Tree = {"channel": document.channel}
    if document.settings:
        made["settings"] = dict(document.settings)
    if document.people is not None:
        made["people"] = document.people
    if document.owner:
        made["owner"] = document.owner
    if document.fallback:
        made["fallback"] = document.fallback.name
    if document.escalation:
        made["escalation"] = {"to": document.escalation.to.name, "after": span(document.escalation.after_s)}
    if document.template:
        words = {"title": document.template.title, "text": document.template.text}
        made["template"] = {name: text for name, text in words.items() if text}
    return made


def span(seconds: int) -> str:
    """Whole minutes in the largest unit that says them.

    >>> span(5_400), span(86_400)
    ('90m', '1d')
    """
    unit = next(one for one in _UNITS if seconds % one.seconds == 0)
    return str(Duration(seconds // unit.seconds, unit))


def _group(group: tuple[Clause, ...]) -> Tree:
    conditions: list[Plain] = [dict(_condition(one.condition)) for one in group]
    first = conditions[0]
    return first if len(conditions) == 1 and isinstance(first, dict) else {"all": conditions}


def _condition(condition: Statable) -> Iterator[tuple[str, Plain]]:
    yield from _kind(condition)
    if condition.op is not _USUAL[type(condition)] and not _no_data(condition):
        yield "op", condition.op.value
    if condition.lasts_s:
        yield "lastsFor", span(condition.lasts_s)


def _kind(condition: Statable) -> Iterator[tuple[str, Plain]]:
    match condition:
        case Burn(threshold, long_s, short_s):
            yield "burnRate", _exact(threshold)
            yield "long", span(long_s)
            if short_s is not None:
                yield "short", span(short_s)
        case Remaining(share):
            yield "budgetLeft", _percent(share)
        case Exhaustion(within_s, over_s, of):
            yield "exhaustion", span(within_s)
            yield "of", of.value
            yield "over", span(over_s)
        case Drop(share, over_s):
            yield "budgetDrop", _percent(share)
            yield "over", span(over_s)
        case Coverage(share, over_s):
            if _no_data(condition):
                yield "noData", span(over_s)
            else:
                yield "coverage", _percent(share)
                yield "over", span(over_s)
        case _:
            assert_never(condition)


def _no_data(condition: Statable) -> bool:
    return isinstance(condition, Coverage) and condition.share == 0


def _percent(share: Fraction) -> Plain:
    """As people write it: `20%`. With more digits than a text in per cent takes, as a number."""
    shown = format(_exact(share * 100), "f")
    return f"{shown}%" if len(shown.partition(".")[2]) <= 9 else _exact(share)


def _exact(number: Fraction) -> Decimal:
    """Fractions in documents were written as decimals, so their denominators are made of twos and fives."""
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    whole = int(number * 10**places)
    return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -places))
