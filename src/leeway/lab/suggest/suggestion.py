"""A first SLO for each series of a table, with the evidence: what it was drawn from, and what it would have meant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from leeway.core.objective import Op, Threshold
from leeway.formats.points import Owner, Table
from leeway.lab.suggest.candidates import Candidate, candidates, chosen
from leeway.lab.suggest.caveats import caveats
from leeway.lab.suggest.history import History
from leeway.lab.suggest.limits import Limit, limits, usual
from leeway.lab.suggest.series import Series, series_of
from leeway.spec.duration import Duration
from leeway.spec.rows import Refused


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for. `step_s` None is told from the rows; `targets` are tried beside those that are found.

    Of values, `higher` ones are the better ones, or else lower ones; `threshold` None is drawn from the distribution.
    """

    window: Duration
    seed: int = 0
    step_s: int | None = None
    targets: tuple[Fraction, ...] = ()
    higher: bool = False
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A threshold that might be taken, how much was good by it, and the target that it would have."""

    limit: Limit
    overall: float | None
    target: Fraction | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first SLO for one series; `chosen` is None where too little is known, and the caveats say why.

    `limit` and `choices` are of values only; the limit is one of the choices.
    """

    asked: Asked
    history: History
    limit: Limit | None
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
    choices: tuple[Choice, ...]
    caveats: tuple[str, ...]

    @property
    def owner(self) -> Owner:
        """Whose rows it was drawn from."""
        return self.history.series.owner


@dataclass(frozen=True, slots=True)
class Suggestions:
    """One for each series in the order of the file, and the lines that were set aside in theirs."""

    found: tuple[Suggestion, ...]
    quarantined: tuple[Refused, ...]


def suggest(table: Table, asked: Asked) -> Suggestions:
    """A first SLO for each series. Raises Invalid as `History.of` and `series_of`."""
    found, lines = [], {line.line: line for line in table.refused}
    for series in series_of(table, asked.step_s):
        for line in series.refused:
            lines.setdefault(line.line, line)
        if series.owner.slo:
            found.append(_suggest(series, asked))
    return Suggestions(tuple(found), tuple(line for _, line in sorted(lines.items())))


def _suggest(series: Series, asked: Asked) -> Suggestion:
    offered = _offered(series, asked)
    limit = usual(offered)
    past = _history(series, asked, limit)
    target = chosen(past)
    tried = candidates(past, target, asked.targets) if target is not None else ()
    best = next((one for one in tried if one.target == target), None)
    choices = tuple(_choice(one, past if one is limit else _history(series, asked, one)) for one in offered)
    return Suggestion(asked, past, limit, best, tried, choices, caveats(past, best, limit))


def _offered(series: Series, asked: Asked) -> tuple[Limit, ...]:
    if series.points.value is None or not len(series.points):
        return ()
    if asked.threshold is not None:
        return (Limit(Threshold(Op.GTE if asked.higher else Op.LTE, asked.threshold), None),)
    return limits(series.points, higher=asked.higher)


def _history(series: Series, asked: Asked, limit: Limit | None) -> History:
    return History.of(series, asked.window, asked.seed, limit.threshold if limit else None)


def _choice(limit: Limit, past: History) -> Choice:
    return Choice(limit, past.overall, chosen(past))
