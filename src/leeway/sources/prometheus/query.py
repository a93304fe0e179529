"""From the words of an SLO to what is sent: which counters we count, and what stays as written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import promql_parser as promql

from leeway.core.window import Span
from leeway.errors import Invalid
from leeway.ports.source import Metric, Role

_COUNTS = frozenset({Role.GOOD, Role.BAD, Role.TOTAL})
_KEYS = ("query", "promql", "dedupe", "histogram")
_IGNORED = frozenset({"dimensions"})  # OpenSLO's examples carry it; PromQL has it inside
_WINDOW = re.compile(r"\{\{-?\s*\.window\s*-?\}\}")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_POINTS = 10_000  # Prometheus answers at most 11,000 per series
_QUOTED = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`([^`]*)`|#[^\n]*)""", re.DOTALL)
_NESTING = re.compile(r"[-+*/%^(<>=!]|\b(?:and|or|unless|atan2)\b", re.IGNORECASE)
_DEEPEST = 1000  # the parser recurses: some thousands of operators overflow the stack


@dataclass(frozen=True, slots=True)
class Counter:
    """A selector of counters, to be fetched raw; `written` is asked instead when there is too much of it.

    `native`: each is a native histogram.
    """

    selector: str
    written: str
    dedupe: tuple[str, ...] = ()
    native: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """PromQL that only the server can evaluate; `{{.window}}` stands for the step."""

    written: str


@dataclass(frozen=True, slots=True)
class Instant:
    """One evaluation at one moment, in epoch milliseconds."""

    query: str
    at_ms: int
    gives_samples: bool = False

    @property
    def path(self) -> str:
        return "/api/v1/query"

    @property
    def form(self) -> tuple[tuple[str, str], ...]:
        return ("query", self.query), ("time", _seconds(self.at_ms))

    def __str__(self) -> str:
        return f"{self.query} at {_seconds(self.at_ms)}"


@dataclass(frozen=True, slots=True)
class Range:
    """Evaluations at each whole step from `first` to `last`, both included, in epoch seconds."""

    query: str
    first: int
    last: int
    step_s: int
    gives_samples: bool = True

    @property
    def path(self) -> str:
        return "/api/v1/query_range"

    @property
    def form(self) -> tuple[tuple[str, str], ...]:
        edges = ("start", str(self.first)), ("end", str(self.last)), ("step", str(self.step_s))
        return ("query", self.query), *edges

    def __str__(self) -> str:
        return f"{self.query} from {self.first} to {self.last} step {self.step_s}s"


def understand(metric: Metric) -> Counter | Written:
    """How this metric will be asked. Raises Invalid, naming the key, if it cannot be.

    A value whose query is a selector of `…_bucket`, bare or in `sum by (le) (rate(…))`, is a histogram: its events are
    counted at the thresholds of the objectives.
    """
    key, text = _words(metric.spec)
    dedupe = _labels(metric.spec.get("dedupe", ()))
    expression = _parsed(_WINDOW.sub("1m", text), f"metricSource.spec.{key}")
    if isinstance(expression, (promql.MatrixSelector, promql.SubqueryExpr, promql.StringLiteral)):
        mend = "write what is a number at an instant: a range goes into rate() or increase()"
        raise Invalid("gives no numbers at an instant", place=f"metricSource.spec.{key}", mend=mend)
    if "histogram" in metric.spec:
        return Counter(_native(metric, expression, f"metricSource.spec.{key}"), text, dedupe, native=True)
    if metric.role is Role.VALUE and (selector := _buckets(expression, f"metricSource.spec.{key}")):
        return Counter(selector, text, dedupe)
    found = _counter(expression) if metric.role in _COUNTS else None
    if found is None:
        return Written(text)
    selector, ranged = found
    if ranged:
        return Counter(selector, text, dedupe)
    if metric.counter:
        return Counter(selector, f"sum(increase({selector}[{{{{.window}}}}]))", dedupe)
    return Written(text)


def edge(counter: Counter, span: Span, lookback_s: int) -> Instant:
    """The last sample of each series before the span: what the first sample inside is compared with."""
    if counter.native:  # Prometheus 2.42 gives 0 for the last of native histograms
        return Instant(counter.selector, span.start * 1000 - 1)
    return Instant(f"last_over_time({counter.selector}[{lookback_s}s])", span.start * 1000 - 1)


def size(counter: Counter, span: Span) -> Instant:
    """How many samples the span holds, counted by the server before they are fetched."""
    return Instant(f"sum(count_over_time({counter.selector}[{span.length_s}s]))", span.end * 1000 - 1)


def samples(selector: str, part: Span) -> Instant:
    """The scraped samples of a part. Asked a millisecond before its end, so that [start, end) is inside whether the
    server takes a range as closed (Prometheus 2) or as open on the left (3)."""
    return Instant(f"{selector}[{part.length_s}s]", part.end * 1000 - 1, gives_samples=True)


def scraped_before(selector: str, span: Span, lookback_s: int) -> Instant:
    """1 for each target that was scraped at least once in the lookback before the span."""
    return Instant(f"max_over_time({selector}[{lookback_s}s])", span.start * 1000 - 1)


def up_of(targets: Mapping[str, frozenset[str]]) -> str:
    """The selector of `up` for these label values."""
    matchers = ",".join(
        f"{label}=~{_quoted('|'.join(sorted(re.escape(value) for value in values)))}"
        for label, values in sorted(targets.items())
    )
    return f"up{{{matchers}}}"


def values(query: str, span: Span, step_s: int) -> Iterator[Range]:
    """Evaluations at the end of each step, in parts that the server's limit on points allows."""
    text = _WINDOW.sub(f"{step_s}s", query)
    for part in parts(span, step_s, _POINTS * step_s):
        yield Range(text, part.start + step_s, part.end, step_s)


def parts(span: Span, step_s: int, most_s: int) -> Iterator[Span]:
    """The span in pieces of whole steps, each at most `most_s` long but never shorter than a step."""
    length = max(most_s // step_s, 1) * step_s
    for start in range(span.start, span.end, length):
        yield Span(start, min(start + length, span.end))


def _words(spec: Mapping[str, Any]) -> tuple[str, str]:
    for key in spec:
        if key not in _KEYS and key not in _IGNORED:
            near = difflib.get_close_matches(key, _KEYS, 1)
            mend = f"did you mean {near[0]!r}?" if near else f"it understands {', '.join(_KEYS)}"
            raise Invalid("is not known to Prometheus sources", place=f"metricSource.spec.{key}", mend=mend)
    given = [key for key in ("query", "promql") if key in spec]
    if len(given) != 1:
        fault = "names its query twice" if given else "has no query"
        raise Invalid(fault, place="metricSource.spec", mend="write PromQL under query")
    text = spec[given[0]]
    if not isinstance(text, str) or not text.strip():
        raise Invalid("is not PromQL", place=f"metricSource.spec.{given[0]}", mend="write it as a text")
    return given[0], text


def _labels(names: object) -> tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else names
    if not isinstance(listed, (list, tuple)) or not all(isinstance(n, str) and _LABEL.fullmatch(n) for n in listed):
        mend = "write dedupe: replica, or a list of labels"
        raise Invalid("is not a label", place="metricSource.spec.dedupe", mend=mend)
    return tuple(listed)


def _parsed(text: str, place: str) -> promql.Expr:
    if "$" in text and re.search(r"\[\s*\$", text):
        mend = "write a duration, or {{.window}} for the length of a step"
        raise Invalid("holds a variable of Grafana, which only Grafana knows", place=place, mend=mend)
    if len(_NESTING.findall(_QUOTED.sub("", text))) > _DEEPEST:
        raise Invalid(
            f"has more than {_DEEPEST} operators and brackets", place=place, mend="record parts of it by rules"
        )
    try:
        expression = promql.parse(_QUOTED.sub(_plain_quotes, text))
    except ValueError as error:
        raise Invalid(f"is not PromQL: {error}", place=place, mend="try it in Prometheus' own page") from None
    while isinstance(expression, promql.ParenExpr):
        expression = expression.expr
    return expression


def _plain_quotes(match: re.Match[str]) -> str:
    """A text in backticks written in double quotes: the parser wrongly looks for escapes in the former."""
    return match[0] if match[1] is None else _quoted(match[1])


def _counter(expression: promql.Expr) -> tuple[str, bool] | None:
    """The selector inside any nesting of sum, then at most one rate or increase; and whether there was one."""
    while isinstance(expression, promql.ParenExpr) or (
        isinstance(expression, promql.AggregateExpr) and str(expression.op) == "sum"
    ):
        expression = expression.expr
    ranged = False
    if isinstance(expression, promql.Call) and expression.func.name in {"rate", "increase"}:
        inside = expression.args[0]
        while isinstance(inside, promql.ParenExpr):
            inside = inside.expr
        if not isinstance(inside, promql.MatrixSelector):
            return None
        expression, ranged = inside.vector_selector, True
    if not isinstance(expression, promql.VectorSelector) or expression.offset or expression.at:
        return None
    text = _selector(expression)
    return None if text is None else (text, ranged)


def _buckets(expression: promql.Expr, place: str) -> str | None:
    """The selector of a histogram's buckets; None if it is none. Raises Invalid for sums that lose the edges."""
    found = _counter(expression)
    if found is None or not found[0].partition("{")[0].endswith("_bucket"):
        return None
    while isinstance(expression, (promql.AggregateExpr, promql.ParenExpr)):
        if isinstance(expression, promql.AggregateExpr) and not _keeps_le(expression):
            mend = "write the selector alone, or sum by (le) (…)"
            raise Invalid("adds the buckets of all edges together", place=place, mend=mend)
        expression = expression.expr
    if re.search(r"[{,]le(=|!=|=~|!~)", found[0]):
        mend = "leave le out: events are counted at the objective's threshold, with all buckets"
        raise Invalid("chooses among the buckets of a histogram", place=place, mend=mend)
    return found[0]


def _native(metric: Metric, expression: promql.Expr, place: str) -> str:
    """The selector of native histograms. Raises Invalid for what is none."""
    if metric.spec["histogram"] != "native":
        mend = "write histogram: native, or leave it out and select the …_bucket series"
        raise Invalid("is no kind of histogram", place="metricSource.spec.histogram", mend=mend)
    if metric.role is not Role.VALUE:
        raise Invalid("is for a thresholdMetric", place="metricSource.spec.histogram", mend="leave it out")
    found = _counter(expression)
    if found is None:
        raise Invalid("selects no native histograms", place=place, mend="write the selector alone, or sum(rate(…))")
    return found[0]


def _keeps_le(expression: promql.AggregateExpr) -> bool:
    modifier = expression.modifier
    by = modifier is not None and str(modifier.type).endswith("By")
    return modifier is not None and ("le" in modifier.labels) == by


def _selector(selector: promql.VectorSelector) -> str | None:
    """Its text, written by us so that every quote is ours; None for what older servers would not read."""
    names = [matcher.name for matcher in selector.matchers.matchers]
    if selector.matchers.or_matchers or not all(_LABEL.fullmatch(name) for name in names):
        return None
    operators = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
    matchers = ",".join(
        f"{matcher.name}{operators[str(matcher.op).rpartition('.')[2]]}{_quoted(matcher.value)}"
        for matcher in selector.matchers.matchers
    )
    return f"{selector.name or ''}{{{matchers}}}" if matchers else str(selector.name)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03d}"
