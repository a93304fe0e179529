"""What of the list of SLOs somebody looks at: all of it in the address, to be sent, kept and gone back to."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace
from typing import get_args
from urllib.parse import parse_qsl, urlencode

from markupsafe import Markup

from leeway.client.documents import State
from leeway.server.api.wanted import Wanted, labels_of
from leeway.server.pages.columns import COLUMNS, USUAL
from leeway.server.problems import Misread
from leeway.spec.nearest import did_you_mean

ROWS = 100
MOST_ROWS = 1_000
SORT = "state"


@dataclass(frozen=True, slots=True)
class Picked:
    """Filters, order, columns and page of the list; what is as it always is stands in no address."""

    q: str = ""
    state: State | None = None
    service: str = ""
    label: str = ""
    sort: str = SORT
    cols: str = ""
    rows: int = ROWS
    after: str = ""
    choose: str = ""
    owner: str = ""
    project: str = ""

    @classmethod
    def read(cls, query: str) -> Picked:
        """Of a query of ours that a form brings back; what it does not say, or says wrongly, is as it always is."""
        said = dict(parse_qsl(query.removeprefix("?")))
        known = {name: said[name] for name in _PLAIN if name in said and name not in ("rows", "state")}
        rows = int(said["rows"]) if said.get("rows", "").isdecimal() and len(said["rows"]) < 5 else ROWS
        state = next((one for one in get_args(State) if one == said.get("state")), None)
        return cls(**known, state=state, rows=min(max(rows, 1), MOST_ROWS))

    @property
    def wanted(self) -> Wanted:
        """The filters."""
        return Wanted(self.service, "", self.state or "", labels_of(self.label), self.q, self.owner, self.project)

    @property
    def labels(self) -> tuple[str, ...]:
        """Each label that is asked for."""
        return labels_of(self.label)

    def columns(self, told: frozenset[str]) -> tuple[str, ...]:
        """Those that were chosen, else the usual ones with those that are `told` of. Misread for one that is none."""
        if not self.cols:
            return tuple(name for name in COLUMNS if name in USUAL or name in told)
        chosen = self.cols.split(",")
        for name in chosen:
            if name not in COLUMNS:
                mend = did_you_mean(name, COLUMNS) or f"there are {', '.join(COLUMNS)}"
                raise Misread(f"there is no column {name[:60]!r}", place="cols", mend=mend)
        return tuple(name for name in COLUMNS if name in chosen)

    def at(self, **changed: str | int | None) -> str:
        """The query of the same list with something changed, from its first row on."""
        return replace(self, after="", **changed).query  # type: ignore[arg-type]  # names of fields, given by templates

    def next(self, after: str) -> str:
        """The query of the rows that follow."""
        return replace(self, after=after).query

    @property
    def query(self) -> str:
        """With what is not as it always is."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return "?" + urlencode({name: value for name, value in told.items() if value != _PLAIN[name]})

    @property
    def asked(self) -> str:
        """The same filters and order as a query of the API."""
        names = ("service", "owner", "project", "state", "label", "q", "sort")
        told = {name: getattr(self, name) for name in names}
        return "?" + urlencode({name: value for name, value in told.items() if value})

    @property
    def command(self) -> str:
        """The same in a terminal."""
        told = {"service": self.service, "owner": self.owner, "project": self.project, "state": self.state}
        told |= {"find": self.q, "sort": self.sort}
        words = [f"--{name} {shlex.quote(value)}" for name, value in told.items() if value]
        return " ".join(["leeway status", *words, *(f"--label {shlex.quote(label)}" for label in self.labels)])

    def said(self, order: str) -> Markup:
        """What the head of a column tells of its order."""
        if not order or self.sort.removeprefix("-") != order:
            return Markup("")
        return Markup(' aria-sort="{}"').format("descending" if self.sort.startswith("-") else "ascending")

    def turned(self, order: str, *, down: bool) -> str:
        """The query after a press on the head of a column: its order, or that one turned round."""
        if self.sort.removeprefix("-") == order:
            return self.at(sort=order if self.sort.startswith("-") else f"-{order}")
        return self.at(sort=f"-{order}" if down else order)

    def toggled(self, column: str, shown: tuple[str, ...]) -> str:
        """The query with a column more, or less."""
        names = [name for name in COLUMNS if (name in shown) != (name == column)]
        return self.at(cols=",".join(names))

    def without(self, label: str) -> str:
        """The query without one of its labels."""
        return self.at(label=" ".join(each for each in self.labels if each != label))


_PLAIN = {one.name: one.default for one in fields(Picked)}
