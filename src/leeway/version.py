"""The one place that holds the version; a constant, because asking the installed metadata costs 50 ms at start."""

VERSION = "0.1.0.dev0"
__version__ = VERSION
