"""What is numbered once and for ever: found, or made, many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from sqlalchemy import Connection, Row, Table, insert, select
from sqlalchemy.exc import IntegrityError

from leeway.ports.state import Identity

Found = dict[Identity, Row[tuple[object, ...]]]

AT_ONCE = 500
"""Names in one question: databases limit how many values a statement may carry."""


def known(connection: Connection, table: Table, wanted: Collection[Identity]) -> Found:
    """Those of the wanted that have a row."""
    found: Found = {}
    for slos in chunks(dict.fromkeys(slo for slo, _, _ in wanted)):
        for row in connection.execute(select(table).where(table.c.slo.in_(slos))):
            found[row.slo, row.objective, row.digest] = row
    return {identity: found[identity] for identity in wanted if identity in found}


def numbered(connection: Connection, table: Table, wanted: Mapping[Identity, Mapping[str, float]]) -> Found:
    """A row for each of the wanted; new ones are made in their order, with the values given."""
    found = known(connection, table, wanted)
    while missing := [identity for identity in wanted if identity not in found]:
        rows = [
            {"slo": slo, "objective": objective, "digest": digest, **wanted[slo, objective, digest]}
            for slo, objective, digest in missing
        ]
        looked_at = len(found)
        try:
            with connection.begin_nested():
                connection.execute(insert(table), rows)
        except IntegrityError:  # another replica made some of them between our look and our write
            found = known(connection, table, wanted)
            if len(found) == looked_at:
                raise
        else:
            found |= known(connection, table, missing)
    return found


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """The names, `AT_ONCE` at a time."""
    rest = iter(names)
    while some := list(islice(rest, AT_ONCE)):
        yield some
