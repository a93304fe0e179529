"""Asks a Prometheus and counts: the acting part. What is decided is decided in the pure modules beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leeway.core.points import Floats, Ints
from leeway.core.window import Span
from leeway.errors import Invalid, NotUnderstood, Permanent
from leeway.net import Client, Outside
from leeway.ports.clock import Clock
from leeway.ports.source import Ability, Ask, ComputedBy, Manifest, Metric, Provenance, Reading, Role
from leeway.sources.prometheus import buckets
from leeway.sources.prometheus import native as native_counters
from leeway.sources.prometheus import query as ql
from leeway.sources.prometheus.absence import absent_steps, bad_as_zero
from leeway.sources.prometheus.decode import Series
from leeway.sources.prometheus.increments import (
    Grid,
    Tally,
    Target,
    births,
    merged,
    scraped_earlier,
    scrapes_of,
    tally,
    target_of,
    thinned,
)
from leeway.sources.prometheus.settings import Settings
from leeway.sources.prometheus.talk import Talk

Held = Mapping[Role, tuple[Series, ...]]
"""The scraped samples of each role, with the one before the span."""

manifest = Manifest(
    name="prometheus",
    title="Prometheus, and whatever answers PromQL",
    abilities=frozenset({Ability.PULL, Ability.HISTORY}),
    delay_s=15,
)


def build(settings: Settings, outside: Outside, name: str = manifest.name) -> PrometheusSource:
    """A source that calls itself `name` in provenance; reads its secrets now, connects at the first reading."""
    return PrometheusSource(name, settings, settings.client(outside), outside.clock)


class PrometheusSource:
    """Readings from one server."""

    def __init__(self, name: str, settings: Settings, client: Client, clock: Clock) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._clock = clock

    @property
    def manifest(self) -> Manifest:
        return manifest

    def check(self, metrics: tuple[Metric, ...]) -> None:
        for metric in metrics:
            ql.understand(metric)

    async def read(self, ask: Ask) -> Reading:
        plans = {metric.role: ql.understand(metric) for metric in ask.metrics}
        if len(plans) < len(ask.metrics):
            raise Invalid("a role is asked twice", place="metrics", mend="give each role one query")
        talk = Talk(self._client, self._settings.url, self._settings.tenant, self._clock)
        counters = {role: plan for role, plan in plans.items() if isinstance(plan, ql.Counter)}
        held = await self._samples(talk, counters, ask) if len(counters) == len(plans) else None
        if Role.VALUE in counters:
            return await self._histograms(talk, held, ask, native=counters[Role.VALUE].native)
        if held is None:
            columns, samples = await _evaluated(talk, {role: plan.written for role, plan in plans.items()}, ask)
            return self._reading(ask, talk, columns, samples, ComputedBy.SOURCE)
        columns = await self._counted(talk, held, ask)
        return self._reading(ask, talk, columns, _samples(held, ask), ComputedBy.LEEWAY)

    async def _histograms(self, talk: Talk, held: Held | None, ask: Ask, *, native: bool) -> Reading:
        if held is None:
            mend = "choose fewer series, add them up by a recording rule, or raise most_samples"
            raise Permanent("the buckets have too many samples to be fetched", place=talk.sent, mend=mend)
        series = held[Role.VALUE]
        grid, scrapes = await self._scrapes(talk, held, ask)
        counted = native_counters.count(series, scrapes, grid) if native else buckets.count(series, scrapes, grid)
        _tell(talk, "the histogram", counted)
        known = counted.histograms != np.array(None)
        unknown = np.full(grid.steps, np.nan)
        reading = self._reading(ask, talk, {Role.VALUE: unknown}, _samples(held, ask), ComputedBy.LEEWAY, known)
        return replace(reading, histograms=counted.histograms[known])

    async def close(self) -> None:
        await self._client.close()

    async def _samples(
        self, talk: Talk, counters: Mapping[Role, ql.Counter], ask: Ask
    ) -> dict[Role, tuple[Series, ...]] | None:
        """The scraped samples of each role with the one before the span; None if there are too many to fetch."""
        edges = {
            role: await talk.ask(ql.edge(counter, ask.span, self._settings.lookback_s), native=counter.native)
            for role, counter in counters.items()
        }
        sizes = {role: await self._size(talk, counters[role], len(edges[role]), ask.span) for role in counters}
        if sum(sizes.values()) > self._settings.most_samples:
            talk.note(f"{sum(sizes.values())} samples are too many to fetch: the server did the counting")
            return None
        held = {}
        for role, counter in counters.items():
            found = [one.at(ask.span.start * 1000 - 1) for one in edges[role]]
            part_s = ask.span.length_s * self._settings.samples_per_answer // max(sizes[role], 1)
            for part in ql.parts(ask.span, ask.step_s, part_s):
                found += await talk.ask(ql.samples(counter.selector, part), native=counter.native)
            if counter.native:
                held[role] = thinned(native_counters.merged(found, ask.span), counter.dedupe)
                continue
            series, refused = merged(found, ask.span)
            talk.note(f"{refused} samples of {role} were NaN, infinite or negative: ignored" if refused else "")
            held[role] = thinned(series, counter.dedupe)
        return held

    async def _size(self, talk: Talk, counter: ql.Counter, series: int, span: Span) -> int:
        """Samples in the span: one a second for each series, if that is little; else as the server counts them."""
        most = max(series, 1) * span.length_s
        if most <= self._settings.samples_per_answer:
            return most
        return int(sum(np.nansum(one.value) for one in await talk.ask(ql.size(counter, span))))

    async def _scrapes(self, talk: Talk, held: Held, ask: Ask) -> tuple[Grid, dict[Target, Ints]]:
        """The steps, and when each target is known to have been scraped."""
        grid = Grid(ask.span, ask.step_s, self._settings.lookback_s * 1000)
        everything = [one for series in held.values() for one in series]
        scrapes = scrapes_of(everything)
        for target, moments in (await self._ups(talk, everything, scrapes, grid)).items():
            scrapes[target] = np.union1d(scrapes.get(target, moments), moments)
        return grid, scrapes

    async def _counted(self, talk: Talk, held: Held, ask: Ask) -> dict[Role, Floats]:
        grid, scrapes = await self._scrapes(talk, held, ask)
        tallies = {role: tally(series, scrapes, grid) for role, series in held.items()}
        for role, found in tallies.items():
            _tell(talk, role, found)
        columns = {role: found.per_step for role, found in tallies.items()}
        filled, notes = bad_as_zero(columns, absent_steps(held.get(Role.BAD, ()), scrapes, grid))
        for note in notes:
            talk.note(note)
        return filled

    async def _ups(
        self, talk: Talk, series: list[Series], scrapes: Mapping[Target, Ints], grid: Grid
    ) -> dict[Target, Ints]:
        """Successful scrapes, by `up`, of the targets whose series begin without an earlier one beside them."""
        unsure = [
            one.labels
            for one in series
            for index in births(one, grid)
            if not scraped_earlier(int(one.time_ms[index]), scrapes.get(target_of(one.labels)), grid.lookback_ms)
        ]
        asked = {
            label: frozenset(labels[label] for labels in unsure if "job" in labels and "instance" in labels)
            for label in ("job", "instance")
        }
        if not asked["job"]:
            return {}
        selector = ql.up_of(asked)
        before = await talk.ask(ql.scraped_before(selector, grid.span, self._settings.lookback_s))
        found = [one.at(grid.span.start * 1000 - 1) for one in before]
        for part in ql.parts(grid.span, grid.step_s, self._settings.samples_per_answer // len(unsure)):
            found += await talk.ask(ql.samples(selector, part))
        ups, _ = merged(found, grid.span)
        return scrapes_of(Series(one.labels, one.time_ms[one.value >= 1], one.value[one.value >= 1]) for one in ups)

    def _reading(
        self,
        ask: Ask,
        talk: Talk,
        columns: Mapping[Role, Floats],
        samples: int,
        computed_by: ComputedBy,
        known: NDArray[np.bool_] | None = None,
    ) -> Reading:
        """Of the steps that are known otherwise, or of which any column knows a number."""
        known = np.zeros(ask.span.length_s // ask.step_s, bool) if known is None else known
        for column in columns.values():
            known |= ~np.isnan(column)
        starts = np.arange(ask.span.start, ask.span.end, ask.step_s, dtype=np.int64)
        provenance = Provenance(
            source=self._name,
            query=talk.sent,
            span=ask.span,
            step_s=ask.step_s,
            digest=talk.digest,
            fetched_at=self._clock.now(),
            computed_by=computed_by,
            samples=samples,
            notes=tuple(talk.notes),
        )
        return Reading(starts[known], {role: column[known] for role, column in columns.items()}, provenance)


def _samples(held: Held, ask: Ask) -> int:
    """How many samples the span itself holds."""
    return sum(int((one.time_ms >= ask.span.start * 1000).sum()) for series in held.values() for one in series)


def _tell(talk: Talk, what: str, seen: Tally | buckets.Counted) -> None:
    talk.note(f"{what}: {seen.resets} counter resets" if seen.resets else "")
    talk.note(f"{what}: {seen.born} series born while their target was scraped, from zero" if seen.born else "")
    talk.note(f"{what}: {seen.unknown} series began with their target, before is unknown" if seen.unknown else "")


async def _evaluated(talk: Talk, written: Mapping[Role, str], ask: Ask) -> tuple[dict[Role, Floats], int]:
    """One value per step, at its end, as the server computes it; and how many values there were."""
    columns, absent, samples = {}, np.zeros(0, bool), 0
    for role, text in written.items():
        column = np.full(ask.span.length_s // ask.step_s, np.nan)
        present = np.zeros(len(column), bool)
        for query in ql.values(text, ask.span, ask.step_s):
            for one in _single(await talk.ask(query), query):
                index, off = np.divmod(one.time_ms - ask.span.start * 1000, ask.step_s * 1000)
                if off.any() or index.min() < 1 or index.max() > len(column):
                    raise NotUnderstood(f"values of {role} are not at the instants that were asked")
                finite = np.isfinite(one.value)
                column[index[finite] - 1] = one.value[finite]
                present[index - 1] = True
                samples += len(index)
        nothing = int((present & np.isnan(column)).sum())
        talk.note(f"{role}: {nothing} values were NaN or infinite: unknown" if nothing else "")
        columns[role] = column
        absent = ~present if role is Role.BAD else absent
    filled, notes = bad_as_zero(columns, absent if Role.BAD in columns else np.zeros(1, bool))
    for note in notes:
        talk.note(note)
    return filled, samples


def _single(series: tuple[Series, ...], query: ql.Range) -> tuple[Series, ...]:
    if len(series) > 1:
        labels = sorted({f"{name}={text}" for one in series[:3] for name, text in one.labels.items()})
        raise Permanent(
            f"gives {len(series)} series ({', '.join(labels)[:200]}, …), but one number is needed",
            place=str(query),
            mend="wrap it in sum(…)",
        )
    return series
