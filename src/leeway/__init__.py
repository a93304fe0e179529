"""Leeway: how much unreliability can you still afford, and must a person wake up for it?"""

from leeway.version import __version__

__all__ = ["__version__"]
