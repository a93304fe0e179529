"""Where data comes from: one folder for each source, all of one shape (see ports.source); none imports another."""

from leeway.sources.kinds import MODULES, load

__all__ = ["MODULES", "load"]
