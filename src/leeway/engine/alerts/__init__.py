"""Alerts of a running server: looking at conditions each minute, deciding, and delivering."""

from leeway.engine.alerts.alarm import Alarm
from leeway.engine.alerts.platform import Duties

__all__ = ["Alarm", "Duties"]
