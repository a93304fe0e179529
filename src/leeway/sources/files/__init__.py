"""Files: CSV and Parquet below declared folders."""

from leeway.sources.files.settings import Settings
from leeway.sources.files.source import Files, build, manifest

__all__ = ["Files", "Settings", "build", "manifest"]
