"""The embedded stores: points on DuckDB, state on SQLite, together in one data folder."""

from leeway.store.folder import open_points
from leeway.store.points import DuckPoints

__all__ = ["DuckPoints", "open_points"]
