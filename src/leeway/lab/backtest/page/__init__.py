"""A backtest as one page of HTML that needs nothing else."""

from leeway.lab.backtest.page.page import page

__all__ = ["page"]
