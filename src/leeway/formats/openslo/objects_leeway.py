"""Typed documents of `leeway.dev/v1`. Where a condition leaves something out, the defaults of `core` hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from leeway.core.alerting.policy import (
    Burn,
    Coverage,
    Drop,
    Exhaustion,
    Of,
    Remaining,
    Severity,
    Statable,
)
from leeway.core.objective import Op
from leeway.formats.openslo.values import join, metadata, number, table
from leeway.spec.documents import Clause, Escalation, LeewayPolicy, Origin, Recipient, Reference, Template
from leeway.spec.duration import Duration
from leeway.spec.quantity import share_of
from leeway.spec.schema.look import items, look, text
from leeway.spec.text import Node, Scalar


def policy(node: Node, origin: Origin) -> LeewayPolicy:
    """An AlertPolicy."""
    spec = look(node, "spec")
    severity = text(spec, "severity")
    return LeewayPolicy(
        metadata(node),
        tuple(_group(one, join("spec.conditions", i)) for i, one in enumerate(items(spec, "conditions"))),
        text(spec, "preset"),
        Severity(severity) if severity else None,
        _seconds(spec, "cooldown"),
        tuple(
            Reference(str(one.value), join("spec.notify", i))
            for i, one in enumerate(items(spec, "notify"))
            if isinstance(one, Scalar)
        ),
        text(spec, "description"),
        origin,
    )


def recipient(node: Node, origin: Origin) -> Recipient:
    """A Recipient."""
    spec = look(node, "spec")
    people = number(spec, "people")
    return Recipient(
        metadata(node),
        text(spec, "channel"),
        table(look(spec, "settings")),
        None if people is None else int(people),
        text(spec, "owner"),
        _named(spec, "fallback", "spec.fallback"),
        _escalation(look(spec, "escalation")),
        _template(look(spec, "template")),
        text(spec, "description"),
        origin,
    )


def _escalation(node: Node | None) -> Escalation | None:
    to = _named(node, "to", "spec.escalation.to")
    if to is None:
        return None
    after_s = _seconds(node, "after")
    return Escalation(to, after_s) if after_s else Escalation(to)


def _template(node: Node | None) -> Template | None:
    found = Template(text(node, "title"), text(node, "text"))
    return found if found != Template() else None


def _named(node: Node | None, name: str, path: str) -> Reference | None:
    found = text(node, name)
    return Reference(found, path) if found else None


def _group(node: Node, path: str) -> tuple[Clause, ...]:
    several = list(items(node, "all"))
    if not several:
        return (Clause(_condition(node), path),)
    return tuple(Clause(_condition(one), join(path, "all", i)) for i, one in enumerate(several))


def _condition(node: Node) -> Statable:
    made = _of_type(node)
    op, lasts_s = text(node, "op"), _seconds(node, "lastsFor")
    made = replace(made, op=Op(op)) if op else made
    return replace(made, lasts_s=lasts_s) if lasts_s else made


def _of_type(node: Node) -> Statable:
    over_s = _seconds(node, "over") or 0
    if (burn := number(node, "burnRate")) is not None:
        return Burn(Fraction(burn), _seconds(node, "long") or 0, _seconds(node, "short"))
    if (left := _share(node, "budgetLeft")) is not None:
        return Remaining(left)
    if (within_s := _seconds(node, "exhaustion")) is not None:
        made = Exhaustion(within_s, of=Of(text(node, "of") or Of.LEFT))
        return replace(made, over_s=over_s) if over_s else made
    if (drop := _share(node, "budgetDrop")) is not None:
        return Drop(drop, over_s)
    if (covered := _share(node, "coverage")) is not None:
        return Coverage(covered, over_s)
    return Coverage(Fraction(0), _seconds(node, "noData") or 0, Op.LTE)


def _share(node: Node, name: str) -> Fraction | None:
    found = look(node, name)
    return share_of(found.value) if isinstance(found, Scalar) else None


def _seconds(node: Node | None, name: str) -> int | None:
    found = Duration.parse(text(node, name))
    return found.seconds if found else None
