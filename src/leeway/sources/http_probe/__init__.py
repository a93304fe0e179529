"""HTTP probe: real requests, timed by phase, judged by status, words, speed and certificate."""

from leeway.sources.http_probe.settings import Settings
from leeway.sources.http_probe.source import HttpProbe, build, manifest

__all__ = ["HttpProbe", "Settings", "build", "manifest"]
