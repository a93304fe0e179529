"""Trying policies before they wake anybody: backtests over history."""

from leeway.lab.backtest import Alert, backtest
from leeway.lab.offline import Report, Told, run

__all__ = ["Alert", "Report", "Told", "backtest", "run"]
