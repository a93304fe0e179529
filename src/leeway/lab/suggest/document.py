"""A suggestion as documents of OpenSLO: a draft that can be applied as it is, with its evidence as annotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from leeway.formats.points import Owner
from leeway.lab.suggest.draft import LONGEST_NAME, draft
from leeway.lab.suggest.suggestion import Suggestion
from leeway.lab.suggest.windows import RESAMPLES
from leeway.spec.annotations import EVIDENCE, EVIDENCE_BACKTEST, EVIDENCE_CAVEATS
from leeway.spec.documents import SLI, SLO, DataSource, Document, Kind, Metadata, Ratio, RawRatio, RawValue, Service
from leeway.spec.library import Library
from leeway.spec.plan import compile_slo
from leeway.spec.quantity import count, percent


def documents(found: Sequence[Suggestion], service: str = "", known: Library | None = None) -> Iterator[Document]:
    """One SLO for each suggestion that has a target, and their services: `service`, or one named as the SLO.

    A series that is measured by an SLO of `known` has its service and is asked for as there, and its DataSource comes
    along; others are pushed points, until somebody names a source. An SLO has one objective: of values OpenSLO allows
    no more, and series that are told apart have SLIs of their own.
    """
    known = known or Library.of(())
    drawn = [one for one in found if one.chosen is not None]
    names = names_of([one.owner for one in drawn])
    asked = _asked(known)
    slos = [
        _slo(one, name, service or _service(one.owner, known) or name, asked)
        for one, name in zip(drawn, names, strict=True)
    ]
    for name in dict.fromkeys(slo.service for slo in slos):
        yield known.index.get((Kind.SERVICE, name)) or Service(Metadata(name))
    yield from _sources(slos, known)
    yield from slos


def _service(owner: Owner, known: Library) -> str:
    """That of the SLO that measures the series; "" where it is none of its own."""
    slo = known.index.get((Kind.SLO, owner.slo))
    return slo.service if isinstance(slo, SLO) and slo.service != owner.slo else ""


def _asked(known: Library) -> dict[Owner, Ratio | RawRatio | RawValue]:
    """How each series is measured. Raises Invalid, as `compile_slo`."""
    plans = [compile_slo(slo, known) for slo in known.slos]
    return {
        Owner(plan.slo, item.objective.name if plan.composite else ""): item.indicator.metric
        for plan in plans
        for item in plan.items
        if item.indicator is not None
    }


def _sources(slos: Sequence[SLO], known: Library) -> Iterator[DataSource]:
    """Those that the SLOs ask, each once."""
    asked = [slo.indicator.metric for slo in slos if isinstance(slo.indicator, SLI)]
    found = {}
    for one in asked:
        metric = one.total if isinstance(one, Ratio) else one.value if isinstance(one, RawValue) else one.raw
        if (source := known.data_source(metric)) is not None:
            found[source.metadata.name] = source
    yield from found.values()


def names_of(owners: Sequence[Owner]) -> list[str]:
    """The name of each SLO: that of the series where OpenSLO takes it and no other has it; else one made from it.

    >>> names_of([Owner("shop"), Owner("Check-out API"), Owner("bar", "fast"), Owner("bar", "slow")])
    ['shop', 'check-out-api', 'bar-fast', 'bar-slow']
    """
    slos = [owner.slo for owner in owners]
    taken: list[str] = []
    for owner in owners:
        said = owner.slo if slos.count(owner.slo) == 1 else f"{owner.slo}-{owner.objective}"
        plain = re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")[:LONGEST_NAME].strip("-") or "unnamed"
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - 4]}-{number}"
        taken.append(name)
    return taken


def _slo(one: Suggestion, name: str, service: str, asked: Mapping[Owner, Ratio | RawRatio | RawValue]) -> SLO:
    if one.chosen is None:
        raise ValueError("a series without a target has no document")
    made = draft(
        Owner(name, one.owner.objective[:LONGEST_NAME]),
        one.chosen.target,
        one.asked.window,
        one.limit.threshold if one.limit else None,
    )
    said = one.owner.slo[:LONGEST_NAME]
    metric, sli = asked.get(one.owner), made.indicator
    if isinstance(metric, RawValue if one.limit else Ratio) and isinstance(sli, SLI):
        made = replace(made, indicator=replace(sli, metric=metric))
    return replace(
        made,
        metadata=Metadata(name, "" if said == name else said, annotations=_evidence(one)),
        service=service,
        description="A draft from what was, not from what users need: ask them, then change the target.",
    )


def _evidence(one: Suggestion) -> dict[str, str]:
    past, best = one.history, one.chosen
    low = past.resampled.quantile(0.05)
    if best is None or low is None:
        raise ValueError("a series without a target has no evidence")
    evidence = (
        f"{past.days:,.4g} days, {past.events:,.0f} events, "
        f"{count(past.independent, 'independent window')} of {one.asked.window.words}; "
        f"19 in 20 of {RESAMPLES:,} resampled windows (seed {one.asked.seed}) reach {low:.6f}"
    )
    worst = past.rolling.quantile(0)
    if worst is not None:
        evidence += f", the worst of {len(past.rolling):,} rolling ones {worst:.6f}"
    missed = f"missed by {best.missed:,} of {best.rolling:,} rolling windows"
    missed += f" and {best.missed_share * 100:.1f} % of resampled ones"
    told = f"{_told(best.woken.pages, 'page')}, {_told(best.woken.tickets, 'ticket')} by the default policies"
    return {
        EVIDENCE.key: evidence,
        EVIDENCE_BACKTEST.key: f"{percent(best.target)}: {missed}; {told}",
        EVIDENCE_CAVEATS.key: " ".join(one.caveats),
    }


def _told(number: int | None, word: str) -> str:
    return f"{word}s unknown" if number is None else count(number, word)
