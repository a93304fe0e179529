"""`leeway.ports.answers.AnswerStore` on any SQL database that SQLAlchemy speaks."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from leeway.ports.answers import Answer, Claim, Name
from leeway.store.state.access import Access
from leeway.store.state.tables import answers


class SqlAnswers:
    """Shares the database, and its one writer, with the state."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def claim(self, name: Name, digest: str, at: float) -> Claim | None:
        """The key of the table decides who was first, also between processes."""
        try:
            with self._access.writing() as connection:
                values = {"address": name.address, "key": name.key, "digest": digest, "at": at}
                connection.execute(insert(answers).values(values))
        except IntegrityError:
            found = self._access.all(select(answers).where(_is(name)))
            if not found:  # released meanwhile
                return self.claim(name, digest, at)
            [row] = found
            answer = None if row.status is None else Answer(row.status, row.body, row.media_type)
            return Claim(row.digest, row.at, answer)
        return None

    def keep(self, name: Name, answer: Answer) -> None:
        """One row."""
        done = {"status": answer.status, "body": answer.body, "media_type": answer.media_type}
        with self._access.writing() as connection:
            connection.execute(update(answers).where(_is(name)).values(done))

    def release(self, name: Name) -> None:
        """One row, or none."""
        with self._access.writing() as connection:
            connection.execute(delete(answers).where(_is(name)))

    def prune(self, before: float) -> None:
        """All at once."""
        with self._access.writing() as connection:
            connection.execute(delete(answers).where(answers.c.at < before))


def _is(name: Name) -> ColumnElement[bool]:
    return (answers.c.address == name.address) & (answers.c.key == name.key)
