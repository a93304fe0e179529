"""Prefix sums of many objectives at once: every window of every method is two look-ups."""

from leeway.core.ledger.grid import Layout, layout_for
from leeway.core.ledger.ledger import Ledger, OutOfReach, Sums

__all__ = ["Layout", "Ledger", "OutOfReach", "Sums", "layout_for"]
