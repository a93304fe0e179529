"""Where the writer puts the rows that it appends: a cursor that stays open, with everything on it said once.

Opening a cursor, naming the columns and reading the statement take as long as the append itself (measured with DuckDB
2.0: 4.8 ms of which 2.6 remain, for a minute of a thousand series).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leeway.ports.points import Collected
from leeway.store.points.database import Cursor
from leeway.store.points.schema import ROW_COLUMNS

_TYPES = {"series": np.int32, "value": np.float64}
_INSERT = f"INSERT INTO points ({ROW_COLUMNS}) SELECT {ROW_COLUMNS} FROM appended"  # noqa: S608 - constants


class Desk:
    """Of one cursor, for one thread. DuckDB looks at the columns under their name each time a statement runs."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self._columns: dict[str, NDArray[np.generic]] = {
            name: np.empty(0, _TYPES.get(name, np.int64)) for name in ROW_COLUMNS.split(", ")
        }
        cursor.register("appended", self._columns)
        (self._insert,) = cursor.extract_statements(_INSERT)

    def insert(self, columns: Mapping[str, NDArray[np.generic]]) -> None:
        """Appends rows to `points`; in a transaction of its own, durable on return, when none was begun."""
        self._columns.update(columns)
        self.cursor.execute(self._insert)

    def insert_sketches(self, sketches: Sequence[tuple[int, int, int, bytes]]) -> None:
        """Keeps sketches by the series, time and sequence number of their rows."""
        series, time, seq, sketch = zip(*sketches, strict=True)
        self.cursor.register(
            "sketched",
            {
                "series": np.array(series, np.int32),
                "time": np.array(time, np.int64),
                "seq": np.array(seq, np.int64),
                "sketch": np.array([*sketch, None], object)[:-1],
            },
        )
        self.cursor.execute(
            "INSERT INTO extras (series, time, seq, sketch) SELECT series, time, seq, sketch::BLOB FROM sketched"
        )
        self.cursor.unregister("sketched")

    def insert_readings(self, readings: Sequence[tuple[int, Collected]]) -> None:
        """Keeps readings under their sequence numbers."""
        told = [each.provenance for _, each in readings]
        self.cursor.register(
            "collected",
            {
                "seq": np.array([seq for seq, _ in readings], np.int64),
                "series": np.array([each.series for _, each in readings], np.int32),
                "source": np.array([one.source for one in told], object),
                "query": np.array([one.query for one in told], object),
                "since": np.array([one.span.start for one in told], np.int64),
                "until": np.array([one.span.end for one in told], np.int64),
                "step_s": np.array([one.step_s for one in told], np.int32),
                "digest": np.array([one.digest for one in told], object),
                "fetched_at": np.array([one.fetched_at for one in told], np.float64),
                "computed_by": np.array([one.computed_by.value for one in told], object),
                "samples": np.array([one.samples for one in told], np.int64),
                "row_count": np.array([each.rows for _, each in readings], np.int64),
                "notes": np.array([json.dumps(one.notes) if one.notes else "" for one in told], object),
            },
        )
        self.cursor.execute("INSERT INTO readings SELECT * REPLACE (nullif(notes, '') AS notes) FROM collected")
        self.cursor.unregister("collected")
