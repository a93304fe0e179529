"""Points on DuckDB: one file, one writer, three tables."""

from leeway.store.points.store import DuckPoints

__all__ = ["DuckPoints"]
