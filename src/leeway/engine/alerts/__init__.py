"""Alerts of a running server: looking at conditions each minute, deciding, and delivering."""

from leeway.engine.alerts.alarm import Alarm

__all__ = ["Alarm"]
