"""How sure a number is, in sentences: the same on the page and in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from leeway.client import figures
from leeway.client.documents import Assessment, Why
from leeway.client.sureness import Chance, FalsePages


def sentences(why: Why) -> tuple[str, ...]:
    """The exact interval, clusters allowed for; the plain one; and what would be more than chance for each page."""
    exact, plain, more = figures.sureness(why.status), why.status.interval, why.certainty
    said = [told for told in (doubt(why.status), f"{exact[0].upper()}{exact[1:]}.") if told]
    if more is None or more.interval_adjusted is None:
        return tuple(said)
    if more.rho > 0:
        unit = why.status.budget.unit
        said.append(
            f"Bad {unit} come in clusters here (rho {more.rho:.2g}): all of them say as much as "
            f"{figures.amount(round(more.events))} independent ones, which is allowed for."
        )
    if plain is not None:
        said.append(
            f"Wilson's approximation, which takes them for independent: {figures.percent(plain.low)} to "
            f"{figures.percent(plain.high)}."
        )
    return (*said, *map(_chance, more.chances), *_false_pages(more.false_pages))


def doubt(one: Assessment) -> str:
    """What cannot be told because the threshold lies inside a bucket, and what would mend it; "" if all is exact."""
    if one.bounds is None:
        return ""
    low, high = one.bounds.sli
    said = f"Between {figures.percent(low)} and {figures.percent(high)} were good"
    if one.bounds.consumed_ratio is not None:
        least, most = one.bounds.consumed_ratio
        said += f", and {figures.percent(least)} to {figures.percent(most)} of the budget is consumed"
    said += f": {one.bounds.threshold:g} is no edge of the buckets that it is counted from"
    edges = [f"{edge:g}" for edge in one.bounds.edges or () if edge is not None]
    if edges:
        said += f"; the nearest {'is' if len(edges) == 1 else 'are'} {' and '.join(edges)}"
    return f"{said}. What may be good counts as bad here; alerts count only what is certainly bad."


def _false_pages(one: FalsePages | None) -> Iterator[str]:
    """How often such pages would come for nothing."""
    if one is None or one.expected is None:
        return
    often = f"{one.expected:.2g} of them in 90 days" if one.expected >= 0.01 else "fewer than 0.01 of them in 90 days"
    days = f"{figures.amount(round(one.days))} days"
    if one.proven:
        yield f"A service exactly on target would get at most {often}, by its traffic of {days}."
    else:
        yield (
            f"Bad events came in clusters in its own last {days}: a service exactly on target would get about {often}. "
            "That is an estimate, and not proven."
        )


def _chance(one: Chance) -> str:
    bad, total = figures.amount(one.bad), figures.amount(one.total)
    over = figures.duration(one.long_s)
    so_far = f"{bad} of {total} events of the last {over} went bad" if one.total else f"nothing came in the last {over}"
    if one.needed is None:
        return f"A burn over {over} pages nobody now: {so_far}, and not even all of so many would be more than chance."
    needed = figures.amount(one.needed)
    often = f", which chance does in {figures.rough(one.p_value)} of cases" if one.bad else ""
    return f"A burn over {over} pages from {needed} bad events on: {so_far}{often}."
