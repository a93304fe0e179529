"""What a suggestion does not know, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from leeway.core.alerting.conditions import SEEN
from leeway.core.objective import DAY_S, Op
from leeway.lab.suggest.candidates import Candidate
from leeway.lab.suggest.history import LEAST_BLOCKS, History
from leeway.lab.suggest.limits import Limit
from leeway.spec.quantity import count, span

ASK = (
    "A target from present performance is a draft: ask your users what they need, from when on a failure hurts them, "
    "and whether they noticed the worst days."
)
SURE_OF_WORST = 59
"""Independent windows whose worst one is as bad as the worst in 20, with 95 % confidence: 0.95⁵⁹ < 0.05."""

FEW = 10


def caveats(history: History, target: Candidate | None, limit: Limit | None) -> tuple[str, ...]:
    """Everything that a reader must know before trusting the target; ends with what to ask users."""
    return (*_unable(history, target), *_few(history, target), *_limit(limit), *_alerts(history, target), ASK)


def _unable(history: History, target: Candidate | None) -> Iterator[str]:
    series = history.series
    if target is not None:
        return
    if not len(series.points):
        yield "No row of this series can be used."
    elif not history.enough:
        yield (
            f"Too little history: {span(series.end - series.born)} from the first row to the last; it takes "
            f"{span(LEAST_BLOCKS * history.blocks.length_s)} with data, and events."
        )
    else:
        yield "Not even a target of 50 % was reached: look first whether this measures what users see."


def _few(history: History, target: Candidate | None) -> Iterator[str]:
    window, independent = span(history.window_s), history.independent
    if target is None:
        return
    if independent == 0:
        yield (
            f"The history is shorter than one window of {window}: what such a window is like was put together from "
            f"{span(history.blocks.known * history.blocks.length_s)}."
        )
    elif independent < SURE_OF_WORST:
        overlap = f"; the {len(history.rolling):,} rolling ones overlap" if len(history.rolling) > independent else ""
        yield (
            f"{span(history.blocks.known * history.blocks.length_s)} hold only "
            f"{count(independent, 'independent window')} of {window}{overlap}. That the worst of {independent} is as "
            f"bad as 1 window in 20 is only {(1 - 0.95**independent) * 100:.0f} % sure; to be 95 % sure takes "
            f"{SURE_OF_WORST} windows."
        )
    if history.bad < FEW:
        yield f"Only {_events(history.bad, 'bad event')} in all: how often it fails is hardly known."
    low = history.resampled.quantile(0.05)
    if low is not None and history.proven is not None and history.proven < low:
        yield (
            f"{_events(history.events, 'event')} show no more than {history.proven * 100:.4g} % for "
            "sure (95 %): the target is drawn from that."
        )
    if target.allowed < FEW:
        yield (
            f"A window of about {_number(history.window_events)} events allows {target.allowed:.2g} bad ones: a single "
            f"one takes {100 / target.allowed:.0f} % of the budget."
            if target.allowed
            else "A window has hardly any event."
        )
    if history.blocks.length_s < DAY_S:
        yield "Windows below a day were put together from hours of any time of day: busy hours may be worse than this."
    yield from _uneven(history)
    missing = len(history.blocks.seen) - history.blocks.known
    if missing:
        yield (
            f"Nothing is known of {span(missing * history.blocks.length_s)} within the history: whatever happened then "
            "is not in these figures."
        )


def _uneven(history: History) -> Iterator[str]:
    """Where a few days hold half of all that went bad."""
    worst = np.sort(history.blocks.bad)[::-1]
    if not worst.sum():
        return
    half = int(np.searchsorted(np.cumsum(worst), worst.sum() / 2)) + 1
    if half <= max(1, history.blocks.known // 20):
        length = history.blocks.length_s
        yield (
            f"Half of all that went bad fell on {span(half * length)} of {span(history.blocks.known * length)}: the "
            "target stands and falls with whether such days come again."
        )


def _limit(limit: Limit | None) -> Iterator[str]:
    if limit is None:
        return
    smaller = limit.threshold.op is Op.LTE
    taken = f"{'Smaller' if smaller else 'Larger'} values are taken for better"
    turn = f"`--better {'higher' if smaller else 'lower'}` turns it round"
    if limit.quantile is None:
        yield f"{taken} ({turn})."
    else:
        yield (
            f"{taken} ({turn}). The threshold of {limit.threshold.value:g} is only what {limit.quantile * 100:g} % of "
            "the values keep, rounded: ask whether users are content with it, and give what they say as `--threshold`."
        )


def _alerts(history: History, target: Candidate | None) -> Iterator[str]:
    if target is None:
        return
    series, told = history.series, target.woken
    if series.covered < SEEN:
        yield (
            f"Only {series.covered * 100:.1f} % of the steps of {span(series.step_s)} have a row, too few to try "
            "alerts on. If nothing happened in the others, give rows with total 0; if rows last longer, give `--step`."
        )
    elif told.pages is None or told.tickets is None:
        what = "pages and tickets" if told.tickets is None else "pages"
        yield f"Rows last {span(series.step_s)}: too long to tell {what}, whose conditions look at shorter spans."


def _number(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= FEW or amount == int(amount) else f"{amount:.2g}"


def _events(amount: float, word: str) -> str:
    return f"{_number(amount)} {word}{'' if amount == 1 else 's'}"
