"""Documents and cells of objectives, made once for as long as an objective stays as it is, whoever looks.

What an objective is shown as says nothing of who asks; which objectives they see was decided before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from leeway.client import documents as docs
from leeway.engine.views import Status
from leeway.server.api import shapes
from leeway.server.pages.columns import COLUMNS


class Row:
    """An objective as it is now: its document, and its cells as far as anybody asked for them."""

    __slots__ = ("_cells", "of", "status")

    def __init__(self, of: Status) -> None:
        self.of, self.status = of, shapes.status(of)
        self._cells: dict[str, str] = {}

    def cell(self, column: str, now: datetime) -> str:
        """As HTML. Ages are as old as the row, which the engine makes anew at least every minute."""
        found = self._cells.get(column)
        if found is None:
            found = self._cells[column] = COLUMNS[column].cell(self.status, now)
        return found


class Rows:
    """Rows by objective; one is kept until the engine hands out another status of it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Row] = {}

    def of(self, statuses: Iterable[Status]) -> list[Row]:
        """The rows of these, in their order."""
        return [self._row(one) for one in statuses]

    def document(self, one: Status) -> docs.Status:
        """The document of one."""
        return self._row(one).status

    def documents(self, statuses: Sequence[Status]) -> list[docs.Status]:
        """The documents of these."""
        return [row.status for row in self.of(statuses)]

    def _row(self, one: Status) -> Row:
        key = one.slo, one.assessment.objective.name
        known = self._known.get(key)
        if known is None or known.of is not one:
            known = self._known[key] = Row(one)
        return known
