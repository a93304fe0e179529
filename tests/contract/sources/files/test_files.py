"""Files keep the contract of pull sources, in both formats and for counts and values."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import duckdb

from leeway.core.window import Span
from leeway.net import Outside
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.source_suite import STEPS, SourceSuite
from leeway.ports.source import Ask, Metric, Role
from leeway.sources.files import Settings, build, manifest

START = 1_790_000_040


class FilesRig:
    """Writes what happened as one table with a column for each role; counts are spread over two rows per step."""

    manifest = manifest
    refused = Metric(Role.GOOD, {"path": "../elsewhere.csv", "column": "good"})

    def __init__(self, ending, *roles):
        self.path = f"told.{ending}"
        metrics = tuple(Metric(role, {"path": self.path, "column": str(role)}) for role in roles)
        self.ask = Ask(metrics, Span(START, START + 60 * STEPS), 60)

    @asynccontextmanager
    async def opened(self, told):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder, self.path), self.rows(told), tuple(told.steps))
            source = build(Settings(), Outside(VirtualClock(), roots=(Path(folder),)))
            try:
                yield source
            finally:
                await source.close()

    def rows(self, told):
        """Steps in which nothing is known have no row; those that say NaN have one that says so."""
        for i in range(STEPS):
            cells = [column[i] for column in told.steps.values()]
            time = START + 60 * i + told.off_s
            if Role.VALUE in told.steps and cells[0] is not None:
                yield (time, *cells)
            elif cells[0] is not None:
                yield (time, *[cell / 2 for cell in cells])
                yield (time + 59, *[cell / 2 for cell in cells])


def write(path, rows, roles):
    if path.suffix == ".csv":
        lines = [",".join(["time", *roles]), *(",".join(map(str, row)) for row in rows)]
        path.write_text("\r\n".join(lines))
        return
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE told (time BIGINT, {', '.join(f'{role} DOUBLE' for role in roles)})")
        for row in rows:
            database.execute(f"INSERT INTO told VALUES ({', '.join('?' * len(row))})", row)
        database.execute(f"COPY told TO '{path}' (FORMAT parquet)")


class TestCsvCounts(SourceSuite):
    """Good and total from CSV."""

    rig = FilesRig("csv", Role.GOOD, Role.TOTAL)


class TestCsvValues(SourceSuite):
    """A value from CSV."""

    rig = FilesRig("csv", Role.VALUE)


class TestParquetCounts(SourceSuite):
    """Bad and total from Parquet."""

    rig = FilesRig("parquet", Role.BAD, Role.TOTAL)


class TestParquetValues(SourceSuite):
    """A value from Parquet."""

    rig = FilesRig("parquet", Role.VALUE)
