"""Points as CSV: `time,slo,good,total` or `time,slo,bad,total` or `time,slo,value`, with an optional `objective`."""

from leeway.formats.points_csv.read import Refused, Table, parse_time, read

__all__ = ["Refused", "Table", "parse_time", "read"]
