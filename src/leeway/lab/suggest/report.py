"""A suggestion as `leeway suggest -o json` prints it."""

from __future__ import annotations

from leeway.core.objective import Method, Threshold
from leeway.lab.suggest.candidates import Candidate
from leeway.lab.suggest.history import History
from leeway.lab.suggest.suggestion import Choice, Suggestion
from leeway.lab.suggest.windows import RESAMPLES


def as_json(one: Suggestion) -> dict[str, object]:
    """`objective` and `threshold` stand only where there is one; what is not known is null."""
    past = one.history
    return {
        "slo": one.owner.slo,
        **({"objective": one.owner.objective} if one.owner.objective else {}),
        "target": None if one.chosen is None else float(one.chosen.target),
        "method": Method.OCCURRENCES.value,
        "window": str(one.asked.window),
        **({"threshold": _threshold(one.limit.threshold)} if one.limit else {}),
        "evidence": {
            "days": _plain(past.days),
            "windows_independent": past.independent,
            "events": _plain(past.events),
            "rolling_min": past.rolling.quantile(0),
            "rolling_q05": past.rolling.quantile(0.05),
            "bootstrap_q05": past.resampled.quantile(0.05),
        },
        "backtest": {
            **(_candidate(one.chosen) if one.chosen else {}),
            "distribution": _distribution(past),
            "candidates": [_candidate(each) for each in one.candidates],
            **({"thresholds": [_choice(each) for each in one.choices]} if one.choices else {}),
            "step_s": past.series.step_s,
            "resamples": RESAMPLES,
            "seed": one.asked.seed,
        },
        "caveats": list(one.caveats),
    }


def _distribution(past: History) -> dict[str, object]:
    return {
        "overall": past.overall,
        "rolling_windows": len(past.rolling),
        "rolling_median": past.rolling.quantile(0.5),
        "bootstrap_q01": past.resampled.quantile(0.01),
        "bootstrap_q10": past.resampled.quantile(0.1),
        "bootstrap_median": past.resampled.quantile(0.5),
        "headroom_k1.5": past.headroom(1.5),
        "headroom_k2": past.headroom(2),
    }


def _candidate(one: Candidate) -> dict[str, object]:
    return {
        "target": float(one.target),
        "because": list(one.because),
        "rolling_windows": one.rolling,
        "rolling_windows_breached": one.missed,
        "share": one.rolling_share,
        "p_breach_bootstrap": one.missed_share,
        "median_budget_consumed": one.consumed,
        "p95_budget_consumed": one.consumed_p95,
        "events_allowed": one.allowed,
        "pages": one.woken.pages,
        "tickets": one.woken.tickets,
    }


def _choice(one: Choice) -> dict[str, object]:
    return {
        **_threshold(one.limit.threshold),
        "quantile": one.limit.quantile,
        "overall": one.overall,
        "target": None if one.target is None else float(one.target),
    }


def _threshold(threshold: Threshold) -> dict[str, object]:
    return {"op": threshold.op.value, "value": threshold.value}


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number
