"""A backtest's answer: alerts, incidents, and how every candidate did."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from leeway.engine.report import rfc3339
from leeway.lab.backtest.candidate import DEFINED
from leeway.lab.backtest.score import Score, Truth, score
from leeway.lab.backtest.told import Told
from leeway.spec.cells import as_cell
from leeway.spec.rows import Refused

COLUMNS = (
    "time",
    "slo",
    "objective",
    "severity",
    "resolved",
    "candidate",
    "policy",
    "condition",
    "fired_at",
    "suppressed_by",
    "budget_consumed_ratio",
    "reasons",
)
"""Of the CSV; what was sent reads as a history of pages, too."""


@dataclass(frozen=True)
class Report:
    """All alerts in the order of firing, of all candidates by name, `defined` the first.

    `judged` are the objectives that had data, of so many `objectives`; quarantined and unknown_slos as
    leeway.engine.offline.Result; `outside` are incidents and pages of other times or SLOs than the points'.
    """

    told: tuple[Told, ...]
    candidates: tuple[str, ...]
    truth: Truth
    judged: tuple[tuple[str, str], ...]
    objectives: int
    start: int | None
    end: int | None
    quarantined: tuple[Refused, ...] = ()
    unknown_slos: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    @cached_property
    def totals(self) -> tuple[Score, ...]:
        """One of each candidate, over all objectives."""
        return tuple(score(name, self.told_by(name), self.truth) for name in self.candidates)

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """One of each objective and candidate."""
        return tuple(
            score(name, (one for one in told if one.candidate == name), self.truth.of(*owner), owner)
            for owner, told in self.told_of.items()
            for name in self.candidates
        )

    @cached_property
    def told_of(self) -> dict[tuple[str, str], list[Told]]:
        """The alerts of each objective; one of an SLO as a whole is of all of its."""
        told = {owner: list[Told]() for owner in self.judged}
        owners: dict[str, list[tuple[str, str]]] = {}
        for owner in self.judged:
            owners.setdefault(owner[0], []).append(owner)
        for one in self.told:
            for owner in owners.get(one.slo, ()):
                if one.objective in ("", owner[1]):
                    told[owner].append(one)
        return told

    def told_by(self, candidate: str) -> Iterator[Told]:
        """The alerts of a candidate."""
        return (one for one in self.told if one.candidate == candidate)

    def as_json(self) -> dict[str, object]:
        """As `leeway backtest -o json` prints it; the summary is of the policies as they are defined."""
        own = list(self.told_by(DEFINED))
        sent = Counter(one.severity.value for one in own if one.is_sent)
        kept = Counter(one.suppressed_by.value for one in own if one.suppressed_by is not None)
        return {
            "alerts": [one.as_json() for one in self.told],
            "summary": {
                "objectives": self.objectives,
                "with_data": len(self.judged),
                "start": None if self.start is None else rfc3339(self.start),
                "end": None if self.end is None else rfc3339(self.end),
                "pages": sent["page"],
                "tickets": sent["ticket"],
                "suppressed": dict(sorted(kept.items())),
            },
            "scores": [one.as_json() for one in (*self.totals, *self.scores)],
            "incidents": {
                "marked": self.truth.marked,
                "list": [one.as_json() for one in self.truth.incidents],
            },
        }

    def as_csv(self) -> str:
        """All alerts, a line each."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for one in self.told:
            writer.writerow(
                as_cell(cell)
                for cell in (
                    rfc3339(one.sent_at) if one.sent_at is not None else "",
                    one.slo,
                    one.objective,
                    one.severity.value,
                    rfc3339(one.resolved_at) if one.resolved_at is not None else "",
                    one.candidate,
                    one.policy,
                    one.condition,
                    rfc3339(one.fired_at),
                    one.suppressed_by.value if one.suppressed_by else "",
                    "" if one.consumed_ratio is None else f"{one.consumed_ratio:.6g}",
                    "; ".join(one.reasons),
                )
            )
        return text.getvalue()
