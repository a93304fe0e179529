"""An SLO as the fields of a form, and the SLO that changed fields make: what the form does not show stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from leeway.errors import Invalid
from leeway.server.pages.reading import CALENDAR, decimal, length, share, zone
from leeway.spec.documents import SLO, BudgetingMethod, Objective, Start, TimeWindow

Fields = Mapping[str, str]


def fields(slo: SLO) -> dict[str, str]:
    """What the form shows at first."""
    first = slo.objectives[0] if slo.objectives else Objective(Decimal(1))
    told = {
        "title": slo.metadata.display_name,
        "about": slo.description,
        "labels": "\n".join(f"{key}={','.join(values)}" for key, values in slo.metadata.labels.items()),
        "method": slo.method.value,
        "slice": str(first.slice_window or ""),
        "slice_target": in_percent(first.slice_target),
        "window": str(slo.window.duration),
        "turns": "rolling" if slo.window.start is None else "calendar",
        "zone": slo.window.start.zone if slo.window.start else "UTC",
    }
    for place, one in enumerate(slo.objectives):
        told[f"target-{place}"] = in_percent(one.target)
        if one.value is not None:
            told[f"value-{place}"] = format(one.value, "f")
    return told


def changed(slo: SLO, typed: Fields) -> SLO:
    """The SLO with what was typed differently from what it says. Raises Invalid at the field that cannot be read."""
    told = fields(slo)
    new = {name: typed.get(name, text).strip() for name, text in told.items()}
    if all(new[name] == text.strip() for name, text in told.items()):
        return slo
    labels = slo.metadata.labels if new["labels"] == told["labels"] else _labels(new["labels"])
    objectives = tuple(_objective(one, place, told, new) for place, one in enumerate(slo.objectives))
    window = slo.window
    if any(new[name] != told[name] for name in ("window", "turns", "zone")):
        window = _window(new, slo.window)
    return replace(
        slo,
        metadata=replace(slo.metadata, display_name=new["title"], labels=labels),
        description=new["about"],
        method=_method(new["method"]),
        objectives=objectives,
        window=window,
    )


def in_percent(number: Decimal | None) -> str:
    """As somebody would type it; "" for nothing.

    >>> in_percent(Decimal("0.9995")), in_percent(Decimal("0.9")), in_percent(None)
    ('99.95', '90', '')
    """
    if number is None:
        return ""
    text = format(number.scaleb(2), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _method(text: str) -> BudgetingMethod:
    if text not in set(BudgetingMethod):
        raise Invalid("this is no budgeting method", place="method", mend="choose one of the list")
    return BudgetingMethod(text)


def _objective(one: Objective, place: int, told: Fields, new: Fields) -> Objective:
    target, value = f"target-{place}", f"value-{place}"
    if new[target] != told[target]:
        one = replace(one, target=share(new[target], target))
    if new.get(value) != told.get(value):
        one = replace(one, value=decimal(new[value], value, "write a number, such as 0.3"))
    return _sliced(one, _method(new["method"]), told, new)


def _sliced(one: Objective, method: BudgetingMethod, told: Fields, new: Fields) -> Objective:
    if method is BudgetingMethod.OCCURRENCES:
        return replace(one, slice_window=None, slice_target=None)
    if new["slice"] != told["slice"] or one.slice_window is None:
        one = replace(one, slice_window=length(new["slice"], "slice"))
    if method is BudgetingMethod.RATIO_TIMESLICES:
        return replace(one, slice_target=None)
    if new["slice_target"] != told["slice_target"] or one.slice_target is None:
        one = replace(one, slice_target=share(new["slice_target"], "slice_target"))
    return one


def _window(new: Fields, old: TimeWindow) -> TimeWindow:
    duration = length(new["window"], "window")
    match new["turns"]:
        case "rolling":
            return TimeWindow(duration)
        case "calendar":
            begins = old.start.time if old.start else CALENDAR
            return TimeWindow(duration, Start(begins, zone(new["zone"], "zone")))
        case _:
            raise Invalid("this is neither rolling nor calendar", place="turns", mend="choose one")


def _labels(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        key, said, values = line.partition("=")
        if not (said and key.strip()):
            raise Invalid(f"{line[:60]!r} is no label", place="labels", mend="write key=value, one a line")
        found[key.strip()] = tuple(value.strip() for value in values.split(","))
    return found
