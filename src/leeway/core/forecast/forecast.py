"""The forecast of one service, as people and programs get it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from leeway.core.forecast.methods import Method
from leeway.core.forecast.outlook import Outlook
from leeway.core.points import Floats


class Lack(StrEnum):
    """Why there is no band: the fleet has too few forecasts whose outcome is known, the service too few known days."""

    FLEET = "too_few_origins"
    SERVICE = "too_young"


@dataclass(frozen=True, slots=True)
class Band:
    """From, to: shares of the window's budget."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Until:
    """Seconds until nothing is left: the earliest and latest of a band. None: not before the horizon."""

    earliest_s: float | None
    latest_s: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of `judged` forecasts of the service's own past lay in the band they would have had."""

    inside80: int
    inside95: int
    judged: int

    @property
    def share80(self) -> float | None:
        """None if no past forecast can be judged."""
        return self.inside80 / self.judged if self.judged else None

    @property
    def share95(self) -> float | None:
        """None if no past forecast can be judged."""
        return self.inside95 / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will be spent at the horizon: the end of a calendar window, or so far ahead in a rolling one.

    Shares of the window's whole budget, 1 being all of it. With bands, `point` is the middle: more is as likely as
    less. Without, `lack` says why, `method` is LINEAR and `point` is `linear`, which promises nothing. Both are None if
    nothing is known at all. Times are None if the budget lasts beyond the horizon: in a calendar window it then begins
    anew, and no time after its end is ever named. `chance` is that of nothing being left at the horizon.

    `origins` forecasts of the past made the bands, `independent` of them do not overlap. `coverage` is of this service.
    """

    method: Method
    spent: float
    linear: float | None
    linear_s: float | None
    point: float | None
    exhausted_s: float | None
    band80: Band | None
    band95: Band | None
    until80: Until | None
    until95: Until | None
    chance: float | None
    coverage: Coverage | None
    lack: Lack | None
    origins: int
    independent: int


def forecast(outlook: Outlook, place: int) -> Forecast:
    """That of the service in this row of the history."""
    straight, banded = outlook.straight, outlook.banded
    linear, linear_s = _known(straight.end[place]), _known(straight.exhausted_s[place])
    origins, independent = outlook.trial.origins, int(outlook.trial.windows.sum())
    spent = float(straight.spent[place])
    if banded is None or not outlook.known[place]:
        lack = Lack.FLEET if banded is None else Lack.SERVICE
        return Forecast(
            Method.LINEAR, spent, linear, linear_s, linear, linear_s, *(None,) * 6, lack, origins, independent
        )
    low95, low80, middle, high80, high95 = (float(edge) for edge in banded.quantiles[:, place])
    late95, late80, at, early80, early95 = (_known(edge) for edge in banded.exhausted_s[:, place])
    return Forecast(
        method=outlook.methods[banded.method[place]],
        spent=spent,
        linear=linear,
        linear_s=linear_s,
        point=middle,
        exhausted_s=at,
        band80=Band(low80, high80),
        band95=Band(low95, high95),
        until80=Until(early80, late80),
        until95=Until(early95, late95),
        chance=float(banded.chance[place]),
        coverage=_coverage(banded.covered[:, place], banded.judged[place]),
        lack=None,
        origins=origins,
        independent=independent,
    )


def _coverage(inside: Floats, judged: float) -> Coverage:
    return Coverage(int(inside[0]), int(inside[1]), int(judged))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
