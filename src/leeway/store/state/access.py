"""How the stores of state reach the database: reads beside each other, writes one at a time, troubles in our words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select
from sqlalchemy.exc import OperationalError

from leeway.errors import LeewayError

READS = "leeway_reads"
"""Execution option of connections that only read, for databases that lock differently for reading and writing."""


class Access:
    """One database. `explain` puts its troubles into our errors."""

    def __init__(self, engine: Engine, explain: Callable[[OperationalError], LeewayError | None]) -> None:
        self.engine = engine
        self._reader = engine.execution_options(**{READS: True})
        self._explain = explain
        self._pen = threading.Lock()

    def all(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        """Every row."""
        with self.reading() as connection:
            return connection.execute(wanted).all()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One connection that does not write."""
        with self.explained(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; nobody else in this process writes meanwhile."""
        with self._pen, self.explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raises our errors instead of the database's."""
        try:
            yield
        except OperationalError as error:
            raise (self._explain(error) or error) from error
