"""Questions that no SLO asks yet, put to a source: nothing is stored, and nobody is asked again by himself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leeway.core.window import Span
from leeway.engine.catalog import STEP_S, SourceKey
from leeway.errors import Invalid
from leeway.ports.clock import Clock
from leeway.ports.source import Ask, Provenance, Source
from leeway.spec.library import Library

if TYPE_CHECKING:
    from leeway.engine.fetch import Trouble
    from leeway.formats.points import Table


class Asking:
    """Opens a source for one question, with the same rules for the network as for all others."""

    def __init__(self, open_source: Callable[[SourceKey], Source], pulls: Callable[[str], bool], clock: Clock) -> None:
        self._open, self._pulls, self._clock = open_source, pulls, clock

    def pulls(self, word: str) -> bool:
        """True for a type of source that can be asked."""
        return self._pulls(word)

    async def once(self, library: Library) -> Provenance:
        """What a source that measures by itself has to say of this moment: of the only SLO, one request.

        Raises Invalid for words that it does not understand, and what the source raises.
        """
        from leeway.engine.fetch import questions_of  # late: a start need not wait for it

        (question,) = questions_of(library)
        if question.source is None or not self._pulls(question.source.type):
            raise Invalid("nobody can be asked for this", mend="name a source that measures")
        source, now = self._open(question.source), int(self._clock.now())
        try:
            source.check(question.metrics)
            start = now - now % STEP_S
            reading = await source.read(Ask(question.metrics, Span(start, start + STEP_S), STEP_S))
        finally:
            await source.close()
        return reading.provenance

    async def past(
        self,
        library: Library,
        length_s: int,
        tell: Callable[[int, int], None],
        hear: Callable[[Provenance], None],
    ) -> tuple[Table, tuple[Trouble, ...]]:
        """The minutes until now, so far back, of all SLOs of the library; see `leeway.engine.fetch`. Raises Invalid."""
        from leeway.engine.fetch import Wanted, fetch, questions_of  # late: a start need not wait for it

        return await fetch(
            questions_of(library),
            Wanted(length_s, None, STEP_S),
            lambda key: self._open(key) if self._pulls(key.type) else None,
            self._clock,
            tell,
            hear,
        )
