"""What came of the runs, and how sure it is: few runs say little of what is rare."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from leeway.core.stats.binomial import clopper_pearson
from leeway.core.stats.interval import Interval
from leeway.spec.cells import as_cell

MONTH = 30
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Reached:
    """Seconds from the beginning of a failure to its page and to its ticket; None if none came within the day."""

    page_s: int | None
    ticket_s: int | None


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: pages and tickets by candidate, and what was reached by part and candidate."""

    pages: Mapping[str, int]
    tickets: Mapping[str, int]
    reached: Mapping[float, Mapping[str, Reached]]


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often something comes in 30 days, within which bounds (95 %), and the share of runs without any."""

    mean: float
    low: float
    high: float
    none: float

    @classmethod
    def of(cls, counts: Sequence[int], days: int) -> Frequency:
        """Exact bounds of a Poisson mean; where runs differ by more than Poisson's chance, of so many fewer events."""
        found, months = np.asarray(counts, np.float64), len(counts) * days / MONTH
        total, mean = float(found.sum()), float(found.mean())
        spread = max(1.0, float(found.var(ddof=1)) / mean) if len(counts) > 1 and mean else 1.0
        events, beyond = total / spread, (1 - CONFIDENCE) / 2
        low = float(gammaincinv(events, beyond)) if events else 0.0
        high = float(gammaincinv(events + 1, 1 - beyond))
        return cls(total / months, low * spread / months, high * spread / months, float((found == 0).mean()))

    def as_json(self) -> dict[str, float]:
        """As `leeway simulate -o json` prints it."""
        return {"per_30_days": self.mean, "low": self.low, "high": self.high, "runs_without": self.none}


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of all events fails. Seconds are None where fewer than so many of the runs were told within the day."""

    part: float
    page_median_s: float | None
    page_p90_s: float | None
    paged: Interval
    told: Interval
    runs: int
    paged_runs: int
    told_runs: int

    @classmethod
    def of(cls, part: float, reached: Sequence[Reached]) -> Failure:
        """Of all runs of one candidate; `told` is by a page or a ticket."""
        waits = np.array([np.inf if one.page_s is None else one.page_s for one in reached])
        median, p90 = (float(np.quantile(waits, each, method="higher")) for each in (0.5, 0.9))
        paged = int(np.isfinite(waits).sum())
        told = sum(one.page_s is not None or one.ticket_s is not None for one in reached)
        return cls(
            part,
            median if np.isfinite(median) else None,
            p90 if np.isfinite(p90) else None,
            _share(paged, len(reached)),
            _share(told, len(reached)),
            len(reached),
            paged,
            told,
        )

    def as_json(self) -> dict[str, object]:
        """As `leeway simulate -o json` prints it."""
        return {
            "part": self.part,
            "page_median_s": self.page_median_s,
            "page_p90_s": self.page_p90_s,
            "paged_within_a_day": {"runs": self.paged_runs, "low": self.paged.low, "high": self.paged.high},
            "told_within_a_day": {"runs": self.told_runs, "low": self.told.low, "high": self.told.high},
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """One candidate."""

    candidate: str
    pages: Frequency
    tickets: Frequency
    failures: tuple[Failure, ...]

    def as_json(self) -> dict[str, object]:
        """As `leeway simulate -o json` prints it."""
        return {
            "candidate": self.candidate,
            "pages": self.pages.as_json(),
            "tickets": self.tickets.as_json(),
            "failures": [one.as_json() for one in self.failures],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """All runs, in the order of their numbers, of so many days each."""

    candidates: tuple[str, ...]
    days: int
    runs: tuple[Ran, ...]

    def as_json(self) -> dict[str, object]:
        """As `leeway simulate -o json` prints it."""
        return {
            "runs": len(self.runs),
            "days": self.days,
            "candidates": [one.as_json() for one in self.summaries],
        }

    def as_csv(self) -> str:
        """A line for each run and candidate: what was sent, and the seconds to what told of each part that failed."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        parts = list(self.runs[0].reached)
        heads = [f"{what}_s_at_{part:g}" for part in parts for what in ("page", "ticket")]
        writer.writerow(("run", "candidate", "pages", "tickets", *heads))
        for number, ran in enumerate(self.runs):
            for name in self.candidates:
                waits = [cell for part in parts for cell in _cells(ran.reached[part][name])]
                writer.writerow((number, as_cell(name), ran.pages[name], ran.tickets[name], *waits))
        return text.getvalue()

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """One of each candidate."""
        parts = list(self.runs[0].reached)
        return tuple(
            Summary(
                name,
                Frequency.of([one.pages[name] for one in self.runs], self.days),
                Frequency.of([one.tickets[name] for one in self.runs], self.days),
                tuple(Failure.of(part, [one.reached[part][name] for one in self.runs]) for part in parts),
            )
            for name in self.candidates
        )


def _cells(one: Reached) -> tuple[object, object]:
    return ("" if one.page_s is None else one.page_s, "" if one.ticket_s is None else one.ticket_s)


def _share(count: int, total: int) -> Interval:
    found = clopper_pearson(count, total, CONFIDENCE)
    if found is None:
        raise ValueError("no runs, no share")
    return found
