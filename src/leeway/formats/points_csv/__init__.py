"""Tables of points as CSV, as `leeway budget --points` reads them."""

from leeway.formats.points_csv.read import parse_time, read
from leeway.formats.points_csv.table import Lines, Owner, Refused, Table

__all__ = ["Lines", "Owner", "Refused", "Table", "parse_time", "read"]
