"""Tables of points, as `leeway budget --points` reads them: CSV or Parquet."""

from leeway.formats.points.field import parse_time
from leeway.formats.points.read_csv import read_csv
from leeway.formats.points.table import Lines, Owner, Refused, Table

__all__ = ["Lines", "Owner", "Refused", "Table", "parse_time", "read_csv"]
