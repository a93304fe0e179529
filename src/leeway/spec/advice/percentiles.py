"""Advice on percentiles: what cannot be added or averaged, and what says less than a count.

The mean of two p99 is nobody's p99: of 1,000 requests of one host (990 of 10 ms, 10 of 20 ms) and 10 of another (5 of
10 ms, 5 of 2 s) the p99 are 10 ms and 2 s, their mean 1,005 ms; the p99 of all is 20 ms. A query is looked at as text,
since each source has its own language: calls by their brackets, percentiles by the names that people give them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from leeway.spec import codes
from leeway.spec.advice.note import note
from leeway.spec.advice.references import metrics
from leeway.spec.documents import SLI, Metric, RawValue
from leeway.spec.finding import Finding

_TEXTS = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\#[^\n]*)""")
_CERTAIN = re.compile(r"\bhistogram_quantile\s*\(|\bquantile_over_time\s*\(|[{,]\s*quantile\s*=~?", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![A-Za-z0-9])p(?:50|75|9\d|99\d|999\d)(?![A-Za-z0-9])|(?<![A-Za-z])percentile(?![A-Za-z])", re.IGNORECASE
)
_ADDS = re.compile(
    r"\b(sum|avg|mean|average)(?:_over_time)?\s*(?:(?:by|without)\s*\([^()]*\)\s*)?\(|\b(sum|avg):", re.IGNORECASE
)
_COMPARES = re.compile(r"[<>]")
_MEND = "count the requests under the threshold: write a thresholdMetric on the buckets, or good and total"


def on_percentiles(sli: SLI) -> Iterator[Finding]:
    """The first thing that is wrong with each query that holds a percentile."""
    for metric in metrics(sli):
        for key, text in metric.spec.items():
            if isinstance(text, str) and (found := _on_query(sli, metric, key, text)) is not None:
                yield found


def _on_query(sli: SLI, metric: Metric, key: str, text: str) -> Finding | None:
    """A name may be somebody's own, so what only a name tells is not refused."""
    plain = _TEXTS.sub(" ", text)
    ratio = not isinstance(sli.metric, RawValue) and not _COMPARES.search(plain)
    for percentile, code in ((_CERTAIN, codes.PERCENTILE_AVERAGED), (_NAMED, codes.PERCENTILE_VALUE)):
        if percentile.search(plain) is None:
            continue
        if _added(plain, percentile):
            message = "this adds up or averages percentiles: the mean of two p99 is nobody's p99"
        elif ratio:
            message = "a percentile is no number of events, and no share of them"
        else:
            message, code = (
                "a percentile calls a minute good or bad; it cannot count slow requests",
                codes.PERCENTILE_VALUE,
            )
        return note(code, sli.origin, f"{metric.path}.spec.{key}", message, _MEND)
    return None


def _added(plain: str, percentile: re.Pattern[str]) -> bool:
    """True if a sum or a mean is taken of something with a percentile in it, that is not compared with a line there."""
    percentiles, comparisons = ([found.start() for found in each.finditer(plain)] for each in (percentile, _COMPARES))
    ends = _ends(plain)
    for call in _ADDS.finditer(plain):
        inside = call.end(), ends.get(call.end() - 1, len(plain))
        if _any_in(percentiles, *inside) and not _any_in(comparisons, *inside):
            return True
    return False


def _any_in(places: list[int], start: int, end: int) -> bool:
    return bisect_left(places, start) < bisect_left(places, end)


def _ends(text: str) -> dict[int, int]:
    """Where each bracket is closed; one that never is, is not among them."""
    ends, open_ones = {}, []
    for place, letter in enumerate(text):
        if letter == "(":
            open_ones.append(place)
        elif letter == ")" and open_ones:
            ends[open_ones.pop()] = place
    return ends
