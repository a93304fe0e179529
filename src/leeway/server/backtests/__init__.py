"""Backtests of a running server."""

from leeway.server.backtests.runs import Backtests, Run

__all__ = ["Backtests", "Run"]
