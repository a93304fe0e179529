"""Who is told of what about an SLO, and how soon, in plain English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from leeway.core.alerting.outage import outage_s
from leeway.core.alerting.policy import Burn, Policy, Severity
from leeway.core.objective import Objective, Op
from leeway.spec.alert_words import figure, groups_words
from leeway.spec.documents import SLO, AlertPolicy, Recipient
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo
from leeway.spec.policies import AnyPolicy, Watch, names_told, watches_for, watches_of
from leeway.spec.quantity import count, percent, span

DOES = {Severity.PAGE: "pages", Severity.TICKET: "opens a ticket"}


def who_is_told(slo: SLO, library: Library, objectives: Sequence[Objective]) -> Iterator[str]:
    """Every policy with its conditions and recipients, then what a total outage would lead to."""
    window_s, first = slo.window.duration.seconds, objectives[0]
    if not slo.alert_policies:
        yield (
            "No alert policy is attached: Leeway's own set watches it; its alerts are kept and shown, but nobody is "
            "named to be told."
        )
        for watch in watches_for(slo, first, library):
            yield from _policy(watch.policy, watch.policy.name.capitalize(), window_s)
    here = list(library.policies(slo))
    for one in here:
        yield from _attached(one, library, watches_of(one, window_s, first.allowed_share, library), window_s)
    if len(here) < len(slo.alert_policies):
        missing = len(slo.alert_policies) - len(here)
        yield f"{count(missing, 'alert policy', 'alert policies')} described elsewhere; these files do not have it."
    for objective in objectives:
        yield from _outage(objective, watches_for(slo, objective, library), window_s, alone=len(objectives) == 1)
    yield "`leeway backtest` shows what this would have led to in the past."


def about_policy(policy: AnyPolicy, library: Library) -> Iterator[str]:
    """One policy by itself: what it watches, on what it fires there, and whom it tells, in which order.

    Raises Invalid if one of the SLOs cannot be computed.
    """
    watched = [slo for slo in library.slos if any(one is policy for one in library.policies(slo))]
    if not watched:
        yield "No SLO of these names it, so it watches nothing."
        yield f"Told: {_recipients(policy, library)}."
        return
    yield f"It watches {', '.join(slo.metadata.name for slo in watched)}."
    yield from dict.fromkeys(sentence for slo in watched for sentence in _beside(policy, slo, library))


def _beside(policy: AnyPolicy, slo: SLO, library: Library) -> Iterator[str]:
    objectives = [item.objective for item in compile_slo(slo, library).items]
    window_s, share = slo.window.duration.seconds, objectives[0].allowed_share
    yield from _attached(policy, library, watches_of(policy, window_s, share, library), window_s)
    for objective in objectives:
        watches = watches_of(policy, window_s, objective.allowed_share, library)
        for told in _outage(objective, watches, window_s, alone=True):
            yield f"{slo.metadata.name} / {objective.name}: {told}"


def _attached(policy: AnyPolicy, library: Library, watches: tuple[Watch, ...], window_s: int) -> Iterator[str]:
    title = policy.metadata.display_name or policy.metadata.name
    for watch in watches:
        own = watch.policy.name.removeprefix(policy.metadata.name)
        yield from _policy(watch.policy, title + own, window_s)
    if not watches:
        yield f"{title} never speaks: none of its conditions can be judged here."
    yield f"Told: {_recipients(policy, library)}."
    if isinstance(policy, AlertPolicy) and watches and not policy.when_resolved:
        yield "It does not say when it is over."


def _policy(policy: Policy, title: str, window_s: int) -> Iterator[str]:
    yield f"{title} {DOES[policy.severity]} if {groups_words(policy.groups)}."
    if policy.cooldown_s:
        yield f"It stays up for {span(policy.cooldown_s)} after that, and is told again only then."
    burns = dict.fromkeys(one for group in policy.groups for one in group if isinstance(one, Burn))
    for burn in burns:
        if burn.threshold <= 0 or burn.op in (Op.LT, Op.LTE):
            yield f"A burn rate of {figure(burn.threshold)} {burn.op} is backwards: that is when all is well."
            continue
        spent = min(Fraction(1), burn.threshold * burn.long_s / window_s)
        yield (
            f"At a burn rate of {figure(burn.threshold)} a whole budget is gone in {span(window_s / burn.threshold)}, "
            f"and {percent(spent, 3)} of it is spent within {span(burn.long_s)}."
        )


def _recipients(policy: AnyPolicy, library: Library) -> str:
    found = []
    for name in names_told(policy, library):
        one = library.recipient(name)
        if one is None:
            found.append(f"nobody (no Recipient is called {name})")
        else:
            found.append(f"{name} ({_means(one)})")
    if isinstance(policy, AlertPolicy) and len(found) < len(policy.targets):
        found.append("somebody described elsewhere")
    return ", ".join(found) or "nobody"


def _means(recipient: Recipient) -> str:
    known = recipient.people is not None
    means = [recipient.channel, count(recipient.people or 0, "person", "people") if known else "of unknown number"]
    if recipient.fallback:
        means.append(f"{recipient.fallback.name} if that fails for a minute")
    if recipient.escalation:
        after = span(recipient.escalation.after_s)
        means.append(f"{recipient.escalation.to.name} too if nobody has taken a page for {after}")
    return ", ".join(means)


def _outage(objective: Objective, watches: tuple[Watch, ...], window_s: int, *, alone: bool) -> Iterator[str]:
    told = []
    for severity, does in ((Severity.PAGE, "page"), (Severity.TICKET, "open a ticket")):
        times = [
            time
            for watch in watches
            if watch.policy.severity is severity
            and (time := outage_s(watch.policy, window_s, objective.allowed_share)) is not None
        ]
        if times:
            told.append(f"{does} after {span(min(times))}")
    whose = "" if alone else f"For {objective.name}: "
    if told:
        yield f"{whose}If everything fails and traffic is even, it would {' and '.join(told)}."
    elif watches:
        yield f"{whose}Even if everything fails nobody would be told."
