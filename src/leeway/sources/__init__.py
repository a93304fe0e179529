"""Where data comes from: one folder for each source, all of one shape (see ports.source); none imports another."""

from leeway.sources.kinds import MODULES, kind_named, load

__all__ = ["MODULES", "kind_named", "load"]
