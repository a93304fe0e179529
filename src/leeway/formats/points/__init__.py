"""Tables of points, as `leeway budget --points` reads them: CSV or Parquet."""

from leeway.formats.points.histogram import write_histogram
from leeway.formats.points.read_csv import read_csv
from leeway.formats.points.table import Columns, Lines, Owner, Table

__all__ = ["Columns", "Lines", "Owner", "Table", "read_csv", "write_histogram"]
