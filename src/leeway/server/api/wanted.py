"""Which part of the list of all objectives is wanted, and in which order: one meaning for the API and the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leeway.client.figures import WORST
from leeway.engine.report import number
from leeway.engine.views import Status
from leeway.server.api.lists import Key, Orders


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which service, owner and project, with what in the SLO's name, in which state, with which labels; "" for any.

    `q` are words that all have to be in its name, its service, its owner or its labels, in capitals or not.
    """

    service: str = ""
    name: str = ""
    state: str = ""
    labels: tuple[str, ...] = ()
    q: str = ""
    owner: str = ""
    project: str = ""

    def has(self, one: Status) -> bool:
        """True if it is all of this. A label is `key=value`, or `key` for any value."""
        return (
            self.service in ("", one.service)
            and (not self.name or self.name in one.slo)
            and self.owner in ("", one.about.owner)
            and self.project in ("", one.about.project)
            and self.state in ("", one.assessment.health.value)
            and all(_labelled(one, label) for label in self.labels)
            and (not self.q or _said(one, self.q))
        )


def labels_of(text: str) -> tuple[str, ...]:
    """Labels as they are written in an address: with blanks between."""
    return tuple(text.split())


def _labelled(one: Status, label: str) -> bool:
    if "=" in label:
        return label in one.about.labels
    return any(each.startswith(f"{label}=") for each in one.about.labels)


def _said(one: Status, words: str) -> bool:
    told = "\n".join((one.slo, one.service, one.assessment.objective.name, one.about.owner, *one.about.labels)).lower()
    return all(word in told for word in words.lower().split())


def _name(one: Status) -> Key:
    return one.slo, one.assessment.objective.name


def _burn(span: str) -> Callable[[Status], Key]:
    return lambda one: (number(one.assessment.burn_rates[span]), *_name(one))


def _need(one: Status) -> Key:
    """What needs people comes first."""
    return WORST.index(one.assessment.health.value), number(one.assessment.budget.remaining_ratio), *_name(one)


def _quality(one: Status) -> Key:
    """What is fed by nothing, or badly, comes first."""
    coverage = number(one.assessment.coverage)
    return -one.source.failures if one.source.last_error else 0, coverage, *_name(one)


ORDERS: Orders[Status] = {
    "slo": _name,
    "service": lambda one: (one.service, *_name(one)),
    "state": _need,
    "target": lambda one: (float(one.assessment.objective.target), *_name(one)),
    "window": lambda one: (one.assessment.window.length_s, *_name(one)),
    "method": lambda one: (one.assessment.objective.method.value, *_name(one)),
    "sli": lambda one: (number(one.assessment.budget.sli), *_name(one)),
    "remaining": lambda one: (number(one.assessment.budget.remaining_ratio), *_name(one)),
    "burn": _burn("1h"),
    "burn_6h": _burn("6h"),
    "burn_3d": _burn("3d"),
    "lasts": lambda one: (number(one.assessment.time_to_exhaustion_s), *_name(one)),
    "data": _quality,
    "owner": lambda one: (one.about.owner or None, *_name(one)),
    "reviewed": lambda one: (one.about.reviewed or None, *_name(one)),
}
