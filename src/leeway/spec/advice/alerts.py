"""Advice on alert policies of either language: alone, and beside the objectives they watch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import assert_never

from leeway.core.alerting.outage import as_burn, can_fire, outage_s
from leeway.core.alerting.policy import Burn, Coverage, Drop, Exhaustion, Remaining, Statable
from leeway.core.alerting.policy import Severity as Leads
from leeway.core.objective import Op
from leeway.spec import codes
from leeway.spec.advice.note import note
from leeway.spec.advice.scene import Scene, scenes
from leeway.spec.alert_words import figure, words
from leeway.spec.documents import SLO, AlertCondition, AlertPolicy, LeewayPolicy, Recipient
from leeway.spec.finding import Finding, Severity
from leeway.spec.library import Library
from leeway.spec.people import CROWD
from leeway.spec.policies import (
    DEFAULT,
    AnyPolicy,
    Stated,
    names_told,
    severity_of,
    stated,
    stated_burn,
    watches_of,
)
from leeway.spec.quantity import percent, span
from leeway.spec.routes import circle, escalation_of, fallback_of, route

NEVER_PAGED = frozenset({"apprise"})
"""Channels that take no pages; a test holds them to their manifests."""

_FALLING = (Op.LT, Op.LTE)


def on_policy(policy: AnyPolicy, library: Library) -> Iterator[Finding]:
    """A policy that never says anything, or says it to nobody; of its own conditions those that fit no SLO."""
    path = f"{policy.path}.spec".lstrip(".")
    if isinstance(policy, LeewayPolicy):
        if not policy.notify:
            message = f"the alert policy `{policy.metadata.name}` tells nobody"
            yield note(codes.POLICY_TELLS_NOBODY, policy.origin, path, message, "add `notify:` with a Recipient's name")
        for group in stated(policy, library):
            yield from on_group(group)
    elif not (policy.when_breaching or policy.when_no_data or policy.when_resolved):
        message = f"the alert policy `{policy.metadata.name}` never alerts: every alertWhen… is false"
        yield note(codes.POLICY_SILENT, policy.origin, path, message, "add `alertWhenBreaching: true`")
    for recipient in _paged(policy, library):
        if recipient.channel in NEVER_PAGED:
            yield note(codes.PAGE_BY_MESSAGE, policy.origin, path, *_unpageable(policy, recipient))


def on_condition(condition: AlertCondition) -> Iterator[Finding]:
    """A condition of OpenSLO that is wrong for every SLO."""
    yield from on_group((stated_burn(condition),))


def on_recipient(recipient: Recipient, library: Library) -> Iterator[Finding]:
    """How many people a page would wake, and whether it goes round in a circle."""
    for then, path in ((fallback_of, "spec.fallback"), (escalation_of, "spec.escalation.to")):
        if way := circle(recipient, library, then):
            message = f"goes round in a circle: {' → '.join(way)}"
            yield note(codes.RECIPIENT_CIRCLE, recipient.origin, path, message, "let the last of them stand alone")
    for policy in library.documents if recipient.channel in NEVER_PAGED else ():
        if isinstance(policy, (AlertPolicy, LeewayPolicy)) and recipient in _paged(policy, library):
            said = _unpageable(policy, recipient)
            yield note(codes.PAGE_BY_MESSAGE, recipient.origin, "spec.channel", *said)
    if recipient.people is None:
        message = f"nobody knows how many people `{recipient.metadata.name}` reaches"
        yield note(codes.PEOPLE_UNKNOWN, recipient.origin, "spec", message, "add `people:` with their number")
    elif recipient.people > CROWD:
        message = f"`{recipient.metadata.name}` reaches {recipient.people:,} people at once"
        hint = (
            f"name those who can mend it; more than {CROWD} are told only if `leeway apply` is given the number again"
        )
        yield note(codes.PEOPLE_MANY, recipient.origin, "spec.people", message, hint)


def _paged(policy: AnyPolicy, library: Library) -> list[Recipient]:
    """Whom a policy may page, those who stand behind others included."""
    default = isinstance(policy, LeewayPolicy) and policy.preset == DEFAULT
    if not default and severity_of(policy, library) is not Leads.PAGE:
        return []
    legs = route(names_told(policy, library), Leads.PAGE, library)
    found = (library.recipient(name) for name in dict.fromkeys(leg.recipient for leg in legs))
    return [one for one in found if one is not None]


def _unpageable(policy: AnyPolicy, recipient: Recipient) -> tuple[str, str]:
    message = (
        f"`{policy.metadata.name}` pages `{recipient.metadata.name}`, whose channel {recipient.channel} takes none"
    )
    return message, "name a Recipient with a channel that pages, as pagerduty does"


def on_group(group: tuple[Stated, ...]) -> Iterator[Finding]:
    """Conditions that are wrong for every SLO: backwards, met always, windows in the wrong order."""
    for one in group:
        condition, op = one.condition, one.condition.op
        if one.keys and _backward(one, group):
            message = f"fires while {words(condition)}: when all is well"
            hint = f"write `op: {'gt' if op in _FALLING else 'lt'}`"
            yield note(codes.ALERT_BACKWARD, one.origin, one.at("op"), message, hint)
        elif (why := _always(one)) and len(group) == 1:
            yield note(codes.ALERT_ALWAYS_FIRES, one.origin, one.at("threshold"), *why)
        elif isinstance(condition, Burn) and condition.threshold < 1 and op not in _FALLING:
            message = f"a burn rate of {figure(condition.threshold)} leaves budget over at the end of the window"
            hint = "1 empties the budget exactly at its end"
            yield note(codes.ALERT_BELOW_ONE, one.origin, one.at("threshold"), message, hint)
        if isinstance(condition, Burn) and condition.short_s is not None and condition.short_s >= condition.long_s:
            message = f"the short window of {span(condition.short_s)} is not shorter than the long one of "
            message += span(condition.long_s)
            hint = "the long window says that it matters, the short one that it still goes on; a twelfth is usual"
            yield note(codes.ALERT_WINDOWS_SWAPPED, one.origin, one.at("short"), message, hint)


def _backward(one: Stated, group: tuple[Stated, ...]) -> bool:
    """Budget left and coverage may say beside others that all is well so far; alone they would fire on it."""
    match one.condition:
        case Burn(op=op) | Drop(op=op):
            return op in _FALLING
        case Exhaustion(op=op):
            return op not in _FALLING
        case Remaining(op=op) | Coverage(op=op):
            return op not in _FALLING and all(_speaks_well(each.condition) for each in group)
    assert_never(one.condition)


def _speaks_well(condition: Statable) -> bool:
    return isinstance(condition, (Remaining, Coverage)) and condition.op not in _FALLING


def _always(one: Stated) -> tuple[str, str] | None:
    match one.condition:
        case Burn(threshold=threshold, op=op) if threshold < 0 or (threshold == 0 and op is Op.GTE):
            return "a burn rate is never below 0, so this fires always", "for example 14.4"
        case Remaining(share=share, op=Op.LTE) if share >= 1:
            return "the budget left is never above 100 %, so this fires always", "for example 20%"
        case Coverage(share=share, op=Op.LTE) if share >= 1:
            return "coverage is never above 100 %, so this fires always", "for example 50%"
    return None


# beside the objectives ----------------------------------------------------------------------------------------------


def on_alerts(slo: SLO, library: Library) -> Iterator[Finding]:
    """Policies beside each objective of the SLO they watch."""
    policies = list(library.policies(slo))
    for name, times in Counter(one.metadata.name for one in policies).items():
        if times > 1:
            message = f"{times} alert policies of this SLO are called `{name}`: the first is taken"
            yield note(codes.DUPLICATE_NAME, slo.origin, "spec.alertPolicies", message, "keep one, or rename the other")
    for policy in policies:
        for scene in scenes(slo):
            groups = stated(policy, library)
            for group in groups:
                for one in group:
                    yield from _beside(scene, one, alone=len(group) == 1)
            yield from _outage(scene, policy, library, said=any(not _can(scene, one) for g in groups for one in g))


def _can(scene: Scene, one: Stated) -> bool:
    return can_fire(one.condition, scene.window_s, scene.share, counts_events=scene.counts_events)


def _beside(scene: Scene, one: Stated, *, alone: bool) -> Iterator[Finding]:
    condition = one.condition
    for part, span_s in zip(("long", "short"), condition.spans_s, strict=False):
        if span_s > scene.window_s:
            message = f"a span of {span(span_s)} is longer than the window of {scene.whose}: {span(scene.window_s)}"
            hint = "take a span within the window, or another policy for this SLO"
            yield scene.note(codes.ALERT_WINDOW_TOO_LONG, one, part, message, hint)
            return
    if not _can(scene, one):
        yield scene.note(codes.ALERT_NEVER_FIRES, one, "threshold", *_never(scene, one))
    elif isinstance(condition, (Burn, Exhaustion)):
        yield from _alone(scene, one, as_burn(condition, scene.window_s), alone=alone)
    elif isinstance(condition, Drop) and scene.by_events and condition.op not in _FALLING:
        yield from _one_event(scene, one, condition.share, condition.op, "the window", alone=alone)


def _never(scene: Scene, one: Stated) -> tuple[str, str]:
    """The worst that a total outage does, and what would be within its reach."""
    most, asked = 1 / scene.share, f"{words(one.condition)} is asked for"
    head = f"never fires for {scene.whose}: even if everything fails,"
    match one.condition:
        case Burn():
            worst = f"the burn rate with target {scene.target} is {most_of(most)}"
            hint = f"a threshold below {most_of(most)}"
        case Exhaustion():
            worst = f"a whole budget lasts {span(scene.window_s * scene.share)}"
            hint = f"more than {span(scene.window_s * scene.share)}"
        case Drop(over_s=over_s):
            spent = percent(min(Fraction(1), Fraction(over_s, scene.window_s)) * most, 3)
            worst, hint = f"{span(over_s)} spend {spent} of the budget", f"a share below {spent}"
        case _:
            left = percent(1 - most, 3)
            worst, hint = f"the budget left is {left}", f"a share above {left}"
    return f"{head} {worst}, and {asked}", f"{hint}, or another policy for this SLO"


def most_of(number: Fraction) -> str:
    """A limit, with more digits than a figure: what is just below it must not look the same."""
    return f"{float(number):.6g}"


def _alone(scene: Scene, one: Stated, burn: Burn, *, alone: bool) -> Iterator[Finding]:
    """What one bad event, or one bad slice, does by itself."""
    if burn.op in _FALLING or burn.threshold <= 0:
        return
    if scene.by_events:
        where = f"the {span(burn.long_s)} before"
        yield from _one_event(scene, one, burn.threshold, burn.op, where, alone=alone)
    elif scene.slice_s:
        slices, enough = burn.long_s // scene.slice_s, _enough(burn.threshold, burn.op, scene.share)
        short = "short" if burn.short_s is not None and burn.short_s < scene.slice_s else "long"
        if min(burn.spans_s) < scene.slice_s:
            message = f"for {scene.whose} {span(min(burn.spans_s))} hold no whole slice of {span(scene.slice_s)}"
            yield scene.note(codes.LOOKBACK_BELOW_SLICE, one, short, message, "take a lookback of several slices")
        elif slices < enough and alone:
            message = f"for {scene.whose} one bad slice alone fires this: {span(burn.long_s)} hold {slices}, "
            message += f"{enough} would be needed"
            yield scene.note(codes.ALERT_ONE_SLICE, one, "long", message, "a longer lookback or shorter slices")


def _one_event(scene: Scene, one: Stated, limit: Fraction, op: Op, where: str, *, alone: bool) -> Iterator[Finding]:
    if (enough := _enough(limit, op, scene.share)) > 1:
        does = "fires this" if alone else "meets this condition"
        message = f"for {scene.whose} one bad event alone {does} when there were fewer than {enough} events in {where}"
        hint = "know your traffic at its quietest"
        yield scene.note(codes.ALERT_ONE_EVENT, one, "threshold", message, hint, Severity.INFO)


def _enough(limit: Fraction, op: Op, share: Fraction) -> int:
    """From how many events (or slices) on one bad one is borne: among n it counts 1 / (n × share)."""
    fewest = 1 / (limit * share)
    return ceil(fewest) if op is Op.GT else int(fewest) + 1


def _outage(scene: Scene, policy: AnyPolicy, library: Library, *, said: bool) -> Iterator[Finding]:
    """After how long a total outage would be told. `said`: what cannot fire at all is told already."""
    watches = watches_of(policy, scene.window_s, scene.share, library)
    if not watches:
        if isinstance(policy, LeewayPolicy):
            message = f"no pair of the default set can fire for {scene.whose}"
            yield scene.at_policy(codes.ALERT_NEVER_FIRES, policy, message, "write conditions of your own")
        return
    for watch in watches:
        time = outage_s(watch.policy, scene.window_s, scene.share)
        does = "page" if watch.policy.severity is Leads.PAGE else "open a ticket"
        if time == 0:
            continue  # it fires without an outage, which is told already
        if time is not None:
            message = f"for {scene.whose} a total outage would {does} after {span(time)}"
            yield scene.at_policy(codes.ALERT_OUTAGE, policy, message, "at even traffic", Severity.INFO)
        elif not said and not _only_data(watch.policy.groups):
            message = f"for {scene.whose} even a total outage would not {does}, if traffic is even"
            yield scene.at_policy(codes.ALERT_OUTAGE, policy, message, "lower a threshold, or leave a condition out")


def _only_data(groups: tuple[tuple[object, ...], ...]) -> bool:
    """Policies about missing data speak of no outage."""
    return all(any(isinstance(one, Coverage) for one in group) for group in groups)
