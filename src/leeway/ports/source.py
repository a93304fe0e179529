"""The seam to the world's data: an SLI is asked for a span, a whole answer with its provenance comes back, or an error.

A source is a folder `sources/<name>/` of one shape: `settings.py` (typed, secrets marked), `query.py` (pure: ask →
request), `decode.py` (pure: bytes → columns, refusing what it does not understand), `source.py` (the short, dull part
that acts) and an `__init__.py` that exports `manifest`, `Settings` and `build`. Probes and receivers have the same
shape; a probe answers for the present only, a receiver decodes what is sent to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from leeway.core.points import Floats, Ints
from leeway.core.quality import Histograms
from leeway.core.window import Span


class Role(StrEnum):
    """What a metric is to its SLI."""

    GOOD = "good"
    BAD = "bad"
    TOTAL = "total"
    RAW = "raw"
    VALUE = "value"


class Ability(StrEnum):
    """What a source can do; decides which contract cases and which commands apply."""

    PULL = "pull"
    HISTORY = "history"
    PROBE = "probe"
    RECEIVE = "receive"


class ComputedBy(StrEnum):
    """Who did the arithmetic from raw samples to counts: Leeway (exact, from samples) or the source (as written)."""

    LEEWAY = "leeway"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Metric:
    """One query of an SLI: its role, the source's own words (`metricSource.spec`) and whether it is a counter."""

    role: Role
    spec: Mapping[str, Any]
    counter: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """All metrics of one SLI over a half-open span of whole steps aligned to the epoch."""

    metrics: tuple[Metric, ...]
    span: Span
    step_s: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a reading came from, enough to ask again and compare.

    `query` is what was really sent (no secrets), `digest` the SHA-256 of the raw answer's bytes, `fetched_at` wall
    time; `notes` are plain sentences for people (resets seen, a series born at its first error, …).
    """

    source: str
    query: str
    span: Span
    step_s: int
    digest: str
    fetched_at: float
    computed_by: ComputedBy
    samples: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole answer: per asked role one number per step, NaN where the source knows nothing of that step.

    `time` holds the start of every step of the asked span for which at least one role has a number, ascending. Counts
    are increments per step (never running totals), a raw ratio is in 0..1, a value is in the metric's own unit.

    A source of latency may answer for a value with a histogram of the step: `histograms` holds it (see
    core.histogram), None where there is none; the value of that step is NaN.
    """

    time: Ints
    columns: Mapping[Role, Floats]
    provenance: Provenance
    histograms: Histograms | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A contract case that a source does not meet: which, and why (ours to build, or impossible by nature)."""

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A source's facts as data: what it can do, how late its data is by default, what it lacks.

    `slice_s` is how much of its past is best asked at once: as much as it takes to read any, or as little as it answers
    in one go.
    """

    name: str
    title: str
    abilities: frozenset[Ability]
    delay_s: int = 0
    gaps: tuple[Gap, ...] = field(default=())
    slice_s: int = 6 * 3_600


class Source(Protocol):
    """Answers asks. Cancel-safe; errors are `leeway.errors` Transient or Permanent, never a partial reading."""

    @property
    def manifest(self) -> Manifest:
        """The facts of this source."""

    def check(self, metrics: tuple[Metric, ...]) -> None:
        """Raises Invalid, naming the key at fault, if these metrics can never be asked; asks nothing of the world."""

    async def read(self, ask: Ask) -> Reading:
        """The whole answer for the ask, or an error."""

    async def close(self) -> None:
        """Releases connections; further reads are an error."""
