"""Edits of definitions: one look at where the documents stand, a decision, and the rows that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeway.errors import Conflict
from leeway.ports.state import Edit, Revision
from leeway.store.state.numbers import chunks
from leeway.store.state.tables import documents, revisions

Name = tuple[str, str]
Stand = tuple[int, int]
"""The newest revision of a document, and the same if it can be seen, 0 if it is deleted."""


def carried_out(connection: Connection, edits: Sequence[Edit], by: str, at: float) -> tuple[Revision, ...]:
    """All edits in the connection's transaction. Raises Conflict, as StateStore.apply."""
    before = stands(connection, edits)
    made = planned(edits, before, by, at)
    newest = {(each.kind, each.name): each for each in made}
    _begin(connection, [each for name, each in newest.items() if name not in before], edits)
    for name, (number, _) in before.items():
        if name in newest:
            _move(connection, newest[name], number, edits)
    if made:
        connection.execute(
            insert(revisions),
            [{**_values(each), "body": each.body, "at": each.at, "author": each.by} for each in made],
        )
    return made


def stands(connection: Connection, edits: Sequence[Edit]) -> dict[Name, Stand]:
    """Where the documents of the edits stand; those that never were are left out."""
    found = {}
    look = select(documents.c.kind, documents.c.name, documents.c.number, revisions.c.body.is_not(None).label("there"))
    look = look.join(
        revisions,
        (documents.c.kind == revisions.c.kind)
        & (documents.c.name == revisions.c.name)
        & (documents.c.number == revisions.c.number),
    )
    for names in chunks(dict.fromkeys(edit.name for edit in edits)):
        for row in connection.execute(look.where(documents.c.name.in_(names))):
            found[row.kind, row.name] = row.number, row.number if row.there else 0
    return found


def planned(edits: Sequence[Edit], before: Mapping[Name, Stand], by: str, at: float) -> tuple[Revision, ...]:
    """The revisions that the edits make, one after another. Raises Conflict for the first that cannot be made."""
    now, made = dict(before), []
    for edit in edits:
        number, visible = now.get((edit.kind, edit.name), (0, 0))
        if edit.expected != visible:
            raise _conflict(edit, visible)
        if edit.body is None and not visible:
            raise Conflict(f"{edit.kind} {edit.name} does not exist, so it cannot be deleted", mend="plan again")
        made.append(Revision(edit.kind, edit.name, number + 1, edit.body, at, by))
        now[edit.kind, edit.name] = number + 1, 0 if edit.body is None else number + 1
    return tuple(made)


def _begin(connection: Connection, new: Sequence[Revision], edits: Sequence[Edit]) -> None:
    if not new:
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(documents), [_values(each) for each in new])
    except IntegrityError as error:  # another replica made one of them between our look and our write
        now, ours = stands(connection, edits), {(each.kind, each.name) for each in new}
        for edit in edits:
            if (name := (edit.kind, edit.name)) in ours and name in now:
                raise _conflict(edit, now[name][1]) from error
        raise


def _move(connection: Connection, to: Revision, number: int, edits: Sequence[Edit]) -> None:
    mine = (documents.c.kind == to.kind) & (documents.c.name == to.name) & (documents.c.number == number)
    if connection.execute(update(documents).where(mine).values(number=to.number)).rowcount != 1:
        # another replica changed it between our look and our write
        raise _conflict(next(edit for edit in edits if (edit.kind, edit.name) == (to.kind, to.name)), number + 1)


def _values(revision: Revision) -> dict[str, str | int]:
    return {"kind": revision.kind, "name": revision.name, "number": revision.number}


def _conflict(edit: Edit, found: int) -> Conflict:
    was = f"revision {edit.expected}" if edit.expected else "a document that does not exist"
    now = f"it is at revision {found}" if found else "it does not exist"
    return Conflict(f"{edit.kind} {edit.name} was planned against {was}, but {now} now", mend="plan again, then apply")
