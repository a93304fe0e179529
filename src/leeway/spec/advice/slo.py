"""Advice on an SLO: its window, its slices, its objectives beside its indicator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from leeway.core.objective import DAY_S, Op
from leeway.spec import codes
from leeway.spec.advice.note import note
from leeway.spec.documents import SLI, SLO, BudgetingMethod, Objective, RawRatio, RawValue
from leeway.spec.duration import Unit
from leeway.spec.finding import Finding
from leeway.spec.library import Library

_SLOW = re.compile(
    r"latenc|durat|delay|\blag\b|wait|queue|response.?time|\berrors?\b|failure|\bage\b|slow|backlog", re.IGNORECASE
)
_MORE_IS_BETTER = re.compile(r"throughput|availab|uptime|success|satisf|completeness|hit.?rate", re.IGNORECASE)
_WINDOWS = ("spec.timeWindow[0].duration", "spec.timeWindows[0].count")  # v1 and v2alpha, v1alpha


def on_slo(slo: SLO, library: Library) -> Iterator[Finding]:
    """Everything about one SLO that nobody refuses and somebody will regret."""
    yield from _window(slo)
    composite = any(one.indicator is not None for one in slo.objectives)
    names = Counter(one.display_name for one in slo.objectives if one.display_name)
    for one in slo.objectives:
        sli = library.sli(one.indicator or slo.indicator)
        yield from _slices(slo, one)
        yield from _composite(slo, one, composite=composite)
        yield from _indicator(slo, one, sli)
        if one.target == 0:
            yield note(codes.TARGET_ZERO, slo.origin, f"{one.path}.target", "a target of 0 can never be missed")
        if names[one.display_name] > 1:
            message = f"{names[one.display_name]} objectives are called `{one.display_name}`"
            path = f"{one.path}.displayName"
            yield note(codes.DUPLICATE_OBJECTIVE, slo.origin, path, message, "give each its own displayName")
    if isinstance(found := library.sli(slo.indicator), SLI) and isinstance(found.metric, RawRatio):
        yield from _raw(slo)


def _window(slo: SLO) -> Iterator[Finding]:
    duration = slo.window.duration
    path = next((one for one in _WINDOWS if one in slo.origin.marks), _WINDOWS[0])
    if duration.unit is Unit.MINUTE and duration.count:
        month = f"`{duration.count}M` would be {duration.count} month{'s' if duration.count != 1 else ''}"
        message = f"`{duration}` is a window of {duration.words}"
        yield note(codes.WINDOW_IN_MINUTES, slo.origin, path, message, month)
    if slo.window.start is None and duration.unit in (Unit.MONTH, Unit.QUARTER, Unit.YEAR):
        days = duration.seconds // DAY_S
        message = f"a rolling window of {duration.words} is taken as {days} days"
        yield note(codes.WINDOW_FIXED_MONTH, slo.origin, path, message, f"write `{days}d`, or use a calendar window")


def _slices(slo: SLO, one: Objective) -> Iterator[Finding]:
    if slo.method is BudgetingMethod.OCCURRENCES or one.slice_window is None or one.slice_window.count == 0:
        return
    path, length, window = f"{one.path}.timeSliceWindow", one.slice_window.seconds, slo.window.duration.seconds
    if length >= window:
        message = f"a slice of {one.slice_window.words} in a window of {slo.window.duration.words}"
        yield note(codes.SLICE_NOT_SHORTER, slo.origin, path, message, "take a much shorter slice, such as `1m`")
    elif (DAY_S if slo.window.start and length < DAY_S <= window else window) % length:
        message = f"slices of {one.slice_window.words} do not divide the window of {slo.window.duration.words} evenly"
        yield note(codes.SLICE_UNEVEN, slo.origin, path, message, "the last slice of the window is not judged")


def _composite(slo: SLO, one: Objective, *, composite: bool) -> Iterator[Finding]:
    if one.weight is not None and not composite:
        message = "`compositeWeight` has no effect: the objectives share one indicator"
        yield note(codes.WEIGHT_WITHOUT_COMPOSITE, slo.origin, f"{one.path}.compositeWeight", message, "remove it")
    if composite and one.indicator is None:
        message = "this objective has no indicator, while others have their own"
        yield note(codes.HALF_COMPOSITE, slo.origin, one.path, message, "add `indicatorRef:`")


def _indicator(slo: SLO, one: Objective, sli: SLI | None) -> Iterator[Finding]:
    if sli is None:
        return
    if not isinstance(sli.metric, RawValue):
        if one.op is not None or one.value is not None:
            path = f"{one.path}.op" if one.op is not None else f"{one.path}.value"
            message = f"`op` and `value` have no effect: `{sli.metadata.name}` is a ratio"
            yield note(codes.OP_WITHOUT_THRESHOLD, slo.origin, path, message, "remove them")
        return
    if one.op is None or one.value is None:
        message = f"`{sli.metadata.name}` gives values; without `op` and `value` nobody knows which are good"
        yield note(
            codes.THRESHOLD_WITHOUT_OP, slo.origin, one.path, message, "add for example `op: lte` and `value: 250`"
        )
        return
    names = f"{sli.metadata.name} {slo.metadata.name}"
    upward = one.op in (Op.GT, Op.GTE)
    if (upward and _SLOW.search(names)) or (not upward and _MORE_IS_BETTER.search(names)):
        other = {Op.GT: "lt", Op.GTE: "lte", Op.LT: "gt", Op.LTE: "gte"}[one.op]
        message = f"`{one.op} {one.value}` calls {'high' if upward else 'low'} values of `{sli.metadata.name}` good"
        hint = f"if that is not meant: `op: {other}`"
        yield note(codes.THRESHOLD_BACKWARD, slo.origin, f"{one.path}.op", message, hint)


def _raw(slo: SLO) -> Iterator[Finding]:
    if slo.method is BudgetingMethod.OCCURRENCES:
        message = "a raw ratio has no number of events: each reading counts as one"
        hint = "give good and total, or use Timeslices or RatioTimeslices"
        yield note(codes.RAW_OCCURRENCES, slo.origin, "spec.budgetingMethod", message, hint)
