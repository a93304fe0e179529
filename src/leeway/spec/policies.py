"""Which alert policies watch an objective, of either language, and whom each tells.

Those that its SLO names, else the set made from its own window and target.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from leeway.core.alerting import presets
from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Policy, Remaining, Severity, Statable
from leeway.core.objective import Objective, Op
from leeway.errors import Invalid
from leeway.spec.annotations import LowTraffic, settings
from leeway.spec.documents import (
    SLO,
    AlertCondition,
    AlertPolicy,
    Clause,
    Document,
    Kind,
    LeewayPolicy,
    Metadata,
    Origin,
    Recipient,
    Reference,
)
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.spec.routes import Leg, escalation_of, fallback_of, route

PAGES = frozenset({"page", "critical", "crit", "emergency", "urgent", "high", "fatal", "p1", "sev1", "sev-1", "s1"})
"""Severities, whatever their case, that wake a person; OpenSLO takes any word. All others open a ticket."""

DEFAULT = "default"
"""The preset that is made from the SLO's own window and target: as if the SLO had named no policy."""

PRESETS = (DEFAULT, *presets.NOBL9)
"""Policies that nobody need write, by name."""

AnyPolicy = AlertPolicy | LeewayPolicy


@dataclass(frozen=True, slots=True)
class Watch:
    """A policy that watches an objective, and whom it tells; nobody else is told. `tells_end`: also when it is over."""

    policy: Policy
    route: tuple[Leg, ...] = ()
    tells_end: bool = True


@dataclass(frozen=True, slots=True)
class Stated:
    """A condition as a document states it. `keys` say what the document calls its threshold, op, long and short."""

    condition: Statable
    origin: Origin
    path: str
    keys: Mapping[str, str]

    def at(self, part: str) -> str:
        """The path of a part; of a condition that a preset brings, the path of the preset."""
        return f"{self.path}.{self.keys[part]}".lstrip(".") if self.keys else self.path


Groups = tuple[tuple[Stated, ...], ...]


def watches_for(slo: SLO, objective: Objective, library: Library) -> tuple[Watch, ...]:
    """Every policy that watches the objective, in the order of definition; of two with one name the first.

    References that lead nowhere are left out, and so are recipients that nobody declared: lint tells of them, plan
    and apply refuse them.
    """
    named = tuple(library.policies(slo)) if slo.alert_policies else None
    return _watches(slo, objective, library, named)


def policies_for(slo: SLO, objective: Objective, library: Library) -> tuple[Policy, ...]:
    """The policies of `watches_for`."""
    return tuple(watch.policy for watch in watches_for(slo, objective, library))


def instead(policies: Iterable[AnyPolicy], slo: SLO, objective: Objective, library: Library) -> tuple[Policy, ...]:
    """The policies of `watches_for` if the SLO named these and no others."""
    return tuple(watch.policy for watch in _watches(slo, objective, library, tuple(policies)))


def named(name: str, library: Library) -> AnyPolicy:
    """The alert policy of this name: a document, or else a preset. Invalid if it is neither."""
    found = library.index.get((Kind.ALERT_POLICY, name))
    if isinstance(found, AlertPolicy | LeewayPolicy):
        return found
    if name not in PRESETS:
        near = did_you_mean(name, [*library.names(Kind.ALERT_POLICY), *PRESETS])
        mend = f"{near}; " if near else ""
        raise Invalid(
            f"no alert policy {name!r} is defined, and no preset is called so",
            mend=f"{mend}give the file that defines it, or one of {', '.join(PRESETS)}",
        )
    return LeewayPolicy(Metadata(name), preset=name)


def _watches(
    slo: SLO, objective: Objective, library: Library, policies: tuple[AnyPolicy, ...] | None
) -> tuple[Watch, ...]:
    """Those of these policies, or of the default set if there are none at all."""
    window_s, share = slo.window.duration.seconds, objective.allowed_share
    if policies is None:
        found = [Watch(one) for one in presets.default(window_s, share)]
    else:
        found = [watch for one in policies for watch in watches_of(one, window_s, share, library)]
    first = {watch.policy.name: watch for watch in reversed(found)}
    kept = (watch for watch in found if first[watch.policy.name] is watch)
    match settings(slo.metadata.annotations).low_traffic:
        case LowTraffic.AUTO:
            return tuple(kept)
        case LowTraffic.ALL | LowTraffic.OFF as asked:
            guarded = asked is LowTraffic.ALL
            return tuple(replace(watch, policy=replace(watch.policy, guarded=guarded)) for watch in kept)


def watches_of(policy: AnyPolicy, window_s: int, share: Fraction, library: Library) -> tuple[Watch, ...]:
    """One policy beside a window and an allowed share; none if it has no condition that can be judged.

    The default set becomes two, `<name> fast burn` and `<name> slow burn`.
    """
    name, recipients = policy.metadata.name, names_told(policy, library)
    if isinstance(policy, LeewayPolicy) and policy.preset == DEFAULT:
        made = presets.default(window_s, share)
        cooldown_s = policy.cooldown_s or 0
        named = (replace(one, name=f"{name} {one.name}", cooldown_s=cooldown_s) for one in made)
        return tuple(Watch(one, route(recipients, one.severity, library)) for one in named)
    groups = tuple(tuple(one.condition for one in group) for group in stated(policy, library))
    if not groups:
        return ()
    compiled = Policy(name, severity_of(policy, library), groups, _cooldown_s(policy))
    tells_end = not isinstance(policy, AlertPolicy) or policy.when_resolved
    return (Watch(compiled, route(recipients, compiled.severity, library), tells_end),)


def stated(policy: AnyPolicy, library: Library) -> Groups:
    """The conditions of a policy with their places; those of the default set depend on the SLO and are not here."""
    if isinstance(policy, LeewayPolicy):
        if policy.preset:
            path = f"{policy.path}.spec.preset".lstrip(".")
            brought = presets.CONDITIONS.get(policy.preset)
            return (tuple(Stated(one, policy.origin, path, {}) for one in brought),) if brought else ()
        return tuple(tuple(_clause(one, policy.origin) for one in group) for group in policy.groups)
    conditions = tuple(library.conditions(policy))
    made: list[tuple[Stated, ...]] = []
    if policy.when_breaching and conditions:
        made.append(tuple(stated_burn(one) for one in conditions))
    if policy.when_no_data:
        made += [
            (replace(stated_burn(one), condition=Coverage(Fraction(0), one.lookback.seconds, Op.LTE)),)
            for one in conditions
        ]
    return tuple(made)


def stated_burn(condition: AlertCondition) -> Stated:
    """The condition of an OpenSLO AlertCondition."""
    lasts_s = condition.alert_after.seconds if condition.alert_after else 0
    burn = Burn(Fraction(condition.threshold), condition.lookback.seconds, op=condition.op, lasts_s=lasts_s)
    keys = {"threshold": "threshold", "op": "op", "long": "lookbackWindow"}
    return Stated(burn, condition.origin, f"{condition.path}.spec.condition", keys)


def severity_of(policy: AnyPolicy, library: Library) -> Severity:
    """What firing leads to; an OpenSLO policy pages if any of its conditions says so."""
    if isinstance(policy, LeewayPolicy):
        preset = presets.NOBL9.get(policy.preset)
        return policy.severity or (preset.severity if preset else Severity.TICKET)
    pages = any(severity_named(one.severity) is Severity.PAGE for one in library.conditions(policy))
    return Severity.PAGE if pages else Severity.TICKET


def severity_named(word: str) -> Severity:
    """What a free word of OpenSLO leads to.

    >>> severity_named("Page"), severity_named("medium")
    (<Severity.PAGE: 'page'>, <Severity.TICKET: 'ticket'>)
    """
    return Severity.PAGE if word.strip().lower() in PAGES else Severity.TICKET


def names_told(policy: AnyPolicy, library: Library) -> tuple[str, ...]:
    """The names of Recipients that a policy asks for, declared or not.

    An AlertNotificationTarget of OpenSLO asks for the Recipient of exactly its name.
    """
    if isinstance(policy, LeewayPolicy):
        names = [one.name for one in policy.notify]
    else:
        names = [one.metadata.name for one in library.targets(policy)]
    return tuple(dict.fromkeys(names))


def untold(library: Library) -> frozenset[str]:
    """What stands between an alert and those who should know of it, each as a sentence: names that lead nowhere."""
    return frozenset(sentence for document in library.documents for sentence in _untold(document, library))


def _untold(document: Document, library: Library) -> Iterator[str]:
    match document:
        case SLO():
            for one in document.alert_policies:
                if isinstance(one, AlertPolicy):
                    yield from _untold(one, library)
                elif (Kind.ALERT_POLICY, one.name) not in library.index:
                    yield f"SLO {document.metadata.name} is watched by the AlertPolicy {one.name}"
        case AlertPolicy() | LeewayPolicy():
            title = f"AlertPolicy {document.metadata.name}"
            if isinstance(document, AlertPolicy):
                yield from _lacking(title, Kind.ALERT_CONDITION, document.conditions, library)
                yield from _lacking(title, Kind.ALERT_NOTIFICATION_TARGET, document.targets, library)
            for name in names_told(document, library):
                if library.recipient(name) is None:
                    yield f"{title} tells the Recipient {name}"
        case Recipient():
            for behind in (fallback_of(document), escalation_of(document)):
                if behind is not None and library.recipient(behind) is None:
                    yield f"the Recipient {document.metadata.name} hands on to the Recipient {behind}"


def _lacking(title: str, kind: Kind, parts: Iterable[Document | Reference], library: Library) -> Iterator[str]:
    for one in parts:
        if isinstance(one, Reference) and (kind, one.name) not in library.index:
            yield f"{title} refers to the {kind} {one.name}"


def _cooldown_s(policy: AnyPolicy) -> int:
    if isinstance(policy, AlertPolicy):
        return 0
    if policy.cooldown_s is not None:
        return policy.cooldown_s
    preset = presets.NOBL9.get(policy.preset)
    return preset.cooldown_s if preset else 0


def _clause(clause: Clause, origin: Origin) -> Stated:
    match clause.condition:
        case Burn():
            keys = {"threshold": "burnRate", "op": "op", "long": "long", "short": "short"}
        case Remaining():
            keys = {"threshold": "budgetLeft", "op": "op"}
        case Exhaustion():
            keys = {"threshold": "exhaustion", "op": "op", "long": "over"}
        case Drop():
            keys = {"threshold": "budgetDrop", "op": "op", "long": "over"}
        case Coverage(share=share):
            about = "coverage" if share else "noData"
            keys = {"threshold": about, "op": "op", "long": "over" if share else "noData"}
    return Stated(clause.condition, origin, clause.path, keys)
