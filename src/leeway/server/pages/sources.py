"""Sources: how the data of each objective arrives, what fails first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from leeway.client.documents import Source
from leeway.server.api import shapes
from leeway.server.engine_port import EnginePort
from leeway.server.pages.frame import REFRESH_S, Pages


@dataclass(frozen=True, slots=True)
class Feeding:
    """A source with everything that it feeds; `worst` is whose last attempt failed most often."""

    name: str
    worst: Source
    feeds: tuple[Source, ...]

    @property
    def failing(self) -> tuple[Source, ...]:
        """Whose last attempt failed."""
        return tuple(one for one in self.feeds if one.last_error)


def by_source(states: Sequence[Source]) -> tuple[Feeding, ...]:
    """What fails first, of these what failed most often; then by name."""
    found: dict[tuple[str, bool], list[Source]] = {}
    for one in states:
        found.setdefault((one.source, one.pulled), []).append(one)
    made = [
        Feeding(name or "pushed", max(each, key=lambda one: (bool(one.last_error), one.failures)), tuple(each))
        for (name, _), each in found.items()
    ]
    return tuple(sorted(made, key=lambda one: (not one.failing, -one.worst.failures, one.name)))


def add(router: APIRouter, engine: EnginePort, made: Pages) -> None:
    """`/sources`."""

    @router.get("/sources")
    async def sources(request: Request, refresh: str = "on") -> Response:  # noqa: ARG001  # read by the frame
        found = by_source([shapes.source(one) for one in engine.sources()])
        newest = {}
        for one in await engine.statuses(behind=True):
            until = shapes.moment(one.data_until)
            newest[one.slo, one.assessment.objective.name] = newest[one.slo, ""] = until  # "" feeds all of them
        return made.show(request, "sources.html", refresh=REFRESH_S, sources=found, newest=newest)
