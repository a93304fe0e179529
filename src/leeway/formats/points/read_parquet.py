"""Parquet to columns: the same table that a CSV of the same columns gives, by the same rules.

DuckDB reads it, from the disk and nothing else of it; only it knows how to take a file in parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import duckdb
import numpy as np

from leeway.core.histogram import Classic, Histogram
from leeway.core.points import Floats
from leeway.errors import Invalid
from leeway.formats.points.header import HISTOGRAM, checked
from leeway.formats.points.histogram import NO_HISTOGRAM, parse_histogram
from leeway.formats.points.table import NUMBERS, Columns, Owner, Table
from leeway.spec.rows import LATEST, Refused, no_time

PART = 1 << 20
"""Rows that are taken together."""

_NUMBER = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)")
_UNREADABLE = Histogram(Classic(()), (0,))
_MOMENT = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")


def read_parquet(path: str, name: str) -> Table:
    """The whole file, its rows counted from 1; `name` is what messages call it.

    Raises Invalid when it is no such file at all: damaged, columns missing, or columns of another type. Times are
    timestamps with a zone or whole epoch seconds; nulls are empty fields.
    """
    with duckdb.connect(config={"temp_directory": "", "python_enable_replacements": False}) as database:
        try:
            _close_off(database, path)
            return _read(database, name)
        except duckdb.Error as error:
            said = str(error).partition("\n")[0].replace(path, name)
            raise Invalid(f"cannot be read as Parquet: {said}", place=name, mend="write the file again") from None


def _close_off(database: duckdb.DuckDBPyConnection, path: str) -> None:
    """One view, `file`, and no way to any other file or to the network."""
    alone = re.sub(r"([*?\[])", r"[\1]", path)  # a name is no pattern
    database.execute("SET TimeZone = 'UTC'")
    database.execute("SET autoinstall_known_extensions = false")
    database.execute("SET autoload_known_extensions = false")
    database.execute("SET allowed_paths = ?", [[path, alone]])
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    quoted = alone.replace("'", "''")
    database.execute(f"CREATE VIEW file AS SELECT * FROM read_parquet('{quoted}', file_row_number = true)")  # noqa: S608  a view takes no parameters


def _read(database: duckdb.DuckDBPyConnection, name: str) -> Table:
    types = {str(row[0]): str(row[1]) for row in database.execute("DESCRIBE file").fetchall()}
    types.pop("file_row_number")
    names = checked(list(types), name)
    numbers = [column for column in names if column in NUMBERS]
    slo, objective = (f"coalesce({one}, '')" if one in names else "''" for one in ("slo", "objective"))
    _typed(types, name)
    time = "time::DOUBLE" if _NUMBER.fullmatch(types["time"]) else "epoch(time::TIMESTAMPTZ)"
    database.execute(
        f"CREATE TABLE owners AS SELECT DISTINCT {slo} AS first, {objective} AS second FROM file"  # noqa: S608  names that were checked
    )
    columns = [f"{column}::DOUBLE AS {column}" for column in numbers]
    columns += [f"coalesce({HISTOGRAM}, '') AS {HISTOGRAM}"] if HISTOGRAM in names else []
    rows = _Rows(database.execute("SELECT first, second FROM owners ORDER BY rowid").fetchall(), numbers)
    for start in range(0, database.execute("SELECT count(*) FROM file").fetchall()[0][0], PART):
        part = database.execute(
            f"SELECT owners.rowid AS owner, file_row_number AS row, {time} AS time, {', '.join(columns)}"  # noqa: S608  names that were checked
            f" FROM file JOIN owners ON {slo} = first AND {objective} = second"
            " WHERE file_row_number >= ? AND file_row_number < ?",
            [start, start + PART],
        ).fetchnumpy()
        said = part.pop(HISTOGRAM, None)
        found = {column: np.ma.filled(np.ma.asarray(part[column], np.float64), np.nan) for column in part}
        rows.add(found, None if said is None else said.tolist())
    return rows.table()


class _Rows:
    """What has been read so far."""

    def __init__(self, owners: Sequence[tuple[str, str]], numbers: Sequence[str]) -> None:
        """Owners in the order of their numbers in the file; they are the same however their names are spaced."""
        self._owners: dict[Owner, int] = {}
        places = [self._owners.setdefault(Owner(*map(str.strip, said)), len(self._owners)) for said in owners]
        self._place = np.array(places, np.int64)
        self._numbers = numbers
        self._columns, self._refused = Columns(numbers), list[Refused]()

    def add(self, part: Mapping[str, Floats], said: Sequence[str] | None) -> None:
        """Rows as columns of floats, nulls as NaN, and their histograms; those whose time is no whole second, or whose
        histogram cannot be read, are refused."""
        time, row = part["time"], part["row"].astype(np.int64) + 1
        whole = (np.abs(time) < LATEST) & (time == np.rint(time))
        owner = self._place[part["owner"].astype(np.int64)]
        for place in np.flatnonzero(~whole).tolist():
            self._refused.append(Refused(int(row[place]), _why(float(time[place])), "time"))
        kept, histograms = np.flatnonzero(whole), None
        if said is not None:
            found = {place: self._histogram(int(row[place]), said[place]) for place in kept.tolist()}
            histograms = [one for one in found.values() if one is not _UNREADABLE]
            kept = np.array([place for place, one in found.items() if one is not _UNREADABLE], np.intp)
        numbers = [part[column][kept] for column in self._numbers]
        self._columns.add(owner[kept], row[kept], time[kept].astype(np.int64), numbers, histograms)

    def _histogram(self, row: int, said: str) -> Histogram | None:
        try:
            return parse_histogram(said)
        except ValueError:
            self._refused.append(Refused(row, NO_HISTOGRAM, HISTOGRAM))
            return _UNREADABLE

    def table(self) -> Table:
        """All of them."""
        return self._columns.table(tuple(self._owners), tuple(self._refused))


def _why(time: float) -> str:
    return "there is no time" if np.isnan(time) else no_time(f"{time:.17g}")


def _typed(types: dict[str, str], name: str) -> None:
    """Raises Invalid for the first column whose type cannot say what its name promises."""
    for column, kind in types.items():
        fits, wanted = kind == "VARCHAR", "a column of text"
        if column in (*NUMBERS, "time"):
            fits, wanted = _NUMBER.fullmatch(kind) is not None, "a column of numbers"
        if column == "time":
            fits, wanted = fits or kind in _MOMENT, "timestamps with a zone, or whole epoch seconds"
        if not fits:
            raise Invalid(f"the column holds {kind}", place=f"{name}: {column}", mend=f"write {wanted}")
