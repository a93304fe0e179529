"""The rules of `leeway budget`, computed the slow and obvious way: fractions, dictionaries and loops.

Nothing here knows how `leeway.core` works. An SLO is a dictionary:

    method       Occurrences | Timeslices | RatioTimeslices | TrafficWeightedTimeslices
    target       Fraction
    slice        seconds; slice_target Fraction
    window       ("rolling", seconds) or ("calendar", unit, count, local start, zone name)
    no_data      exclude | good | bad | carry; carry_limit seconds
    step         seconds
    input        ("good",) | ("bad",) | ("value", operator, limit) | ("success",) | ("failure",)

and rows are (time, number, number or None) in the order of arrival; a number is a Fraction, or None where a row has
nothing that can be read (empty, NaN, infinite).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, timedelta
from fractions import Fraction
from math import sqrt
from zoneinfo import ZoneInfo

DAY = 86_400
SPANS = {"5m": 300, "30m": 1800, "1h": 3600, "2h": 7200, "6h": 21_600, "1d": DAY, "3d": 3 * DAY}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
Z_95 = 1.959963984540054


# ---- windows ----


def period_start(window, number):
    """Where period `number` begins, counted from the SLO's own start, which is period 0."""
    _, unit, count, start, zone = window
    moved = number * count
    if unit in MONTHS:
        months = start.year * 12 + start.month - 1 + moved * MONTHS[unit]
        year, month = divmod(months, 12)
        last = monthrange(year, month + 1)[1]
        local = start.replace(year=year, month=month + 1, day=min(start.day, last))
    else:
        local = start + timedelta(days=moved * {"day": 1, "week": 7}[unit])
    return int(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp())


def window_at(window, now):
    if window[0] == "rolling":
        return now - window[1], now
    number = 0
    while period_start(window, number) > now:
        number -= 1
    while period_start(window, number + 1) <= now:
        number += 1
    return period_start(window, number), period_start(window, number + 1)


# ---- rows ----


def events(slo, row):
    """(good, total) of one row, or None if the row cannot be true."""
    time, first, second = row
    kind = slo["input"][0]
    if time % slo["step"] or first is None:
        return None
    if kind in ("good", "bad"):
        if second is None or first < 0 or second < 0 or first > second:
            return None
        return (first, second) if kind == "good" else (second - first, second)
    if kind == "value":
        _, operator, limit = slo["input"]
        holds = {
            "lt": first < limit,
            "lte": first <= limit,
            "gt": first > limit,
            "gte": first >= limit,
        }[operator]
        return Fraction(int(holds)), Fraction(1)
    if not 0 <= first <= 1:
        return None
    return (first if kind == "success" else 1 - first), Fraction(1)


def believed(slo, rows, now):
    """What each step is taken to have been: of the rows that can be true, the one that came last."""
    steps = {}
    for row in rows:
        if row[0] < now:
            seen = events(slo, row)
            if seen is not None:
                steps[row[0]] = seen
    return steps


# ---- slices ----


def slice_start(slo, start, time):
    offset = start if slo["slice"] >= DAY else 0
    return offset + (time - offset) // slo["slice"] * slo["slice"]


def judged(slo, steps, start, now):
    """Every complete slice from the first row on: start → (good, bad) in what the method counts."""
    if not steps:
        return {}
    length = slo["slice"]
    sums = {}
    for time, (good, total) in steps.items():
        at = slice_start(slo, start, time)
        so_far = sums.get(at, (Fraction(0), Fraction(0)))
        sums[at] = (so_far[0] + good, so_far[1] + total)
    result = {}
    last = None
    at = slice_start(slo, start, min(steps))
    while at + length <= now:
        good, total = sums.get(at, (Fraction(0), Fraction(0)))
        if total > 0:
            last = at, good / total
            result[at] = counted(slo, good / total, total)
        elif slo["no_data"] == "good":
            result[at] = counted(slo, Fraction(1), Fraction(0))
        elif slo["no_data"] == "bad":
            result[at] = counted(slo, Fraction(0), Fraction(0))
        elif slo["no_data"] == "carry" and last is not None and at - last[0] <= slo["carry_limit"]:
            result[at] = counted(slo, last[1], Fraction(0))
        at += length
    return result


def counted(slo, ratio, total):
    if slo["method"] == "RatioTimeslices":
        return ratio, 1 - ratio
    weight = total if slo["method"] == "TrafficWeightedTimeslices" else Fraction(1)
    return (weight, Fraction(0)) if ratio >= slo["slice_target"] else (Fraction(0), weight)


# ---- the answer ----


def evaluate(slo, rows, at):
    now = at // slo["step"] * slo["step"]
    start, end = window_at(slo["window"], now)
    steps = believed(slo, rows, now)
    if slo["method"] == "Occurrences":
        counts = {time: (good, total - good) for time, (good, total) in steps.items()}
    else:
        counts = judged(slo, steps, start, now)

    def between(low, high):
        inside = [pair for time, pair in counts.items() if low <= time < high]
        return sum((g for g, _ in inside), Fraction(0)), sum((b for _, b in inside), Fraction(0))

    good, bad = between(start, now)
    total = good + bad
    share = 1 - slo["target"]
    if slo["method"] in ("Timeslices", "RatioTimeslices"):
        allowed = share * Fraction(end - start, slo["slice"])
    else:
        allowed = share * total
    remaining = allowed - bad
    remaining_ratio = remaining / allowed if allowed else None

    burns = {}
    for name, span in SPANS.items():
        span_good, span_bad = between(now - span, now)
        of = span_good + span_bad
        burns[name] = span_bad / of / share if of else None

    elapsed = range(-(-start // slo["step"]) * slo["step"], now, slo["step"])
    with_row = [time for time in elapsed if time in steps]
    if not with_row or total == 0:
        state = "no_data"
    elif remaining <= 0:
        state = "exhausted"
    else:
        state = "at_risk" if remaining_ratio < Fraction(1, 5) else "healthy"

    hour = burns["1h"]
    if state == "no_data" or hour is None:
        left = None
    elif state == "exhausted":
        left = Fraction(0)
    else:
        left = remaining_ratio * (end - start) / hour if hour else None

    return {
        "as_of": now,
        "start": start,
        "end": end,
        "elapsed_ratio": Fraction(1) if slo["window"][0] == "rolling" else Fraction(now - start, end - start),
        "good": good,
        "bad": bad,
        "total": total,
        "sli": good / total if total else None,
        "allowed": allowed,
        "consumed": bad,
        "remaining": remaining,
        "consumed_ratio": bad / allowed if allowed else None,
        "remaining_ratio": remaining_ratio,
        "coverage": Fraction(len(with_row), len(elapsed)) if elapsed else None,
        "interval": wilson(good, total) if total else None,
        "burn_rates": burns,
        "time_to_exhaustion_s": left,
        "state": state,
    }


def wilson(good, total):
    p, n, z2 = float(good / total), float(total), Z_95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
