"""The command line: one file per verb, imported when it is called."""

from leeway.cli.entry import main

__all__ = ["main"]
