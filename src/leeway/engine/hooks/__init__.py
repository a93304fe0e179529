"""Hooks: events for whoever subscribed, over the network and signed."""

from leeway.engine.hooks.hooks import Hooks, Known, Write
from leeway.engine.hooks.lookout import Lookout
from leeway.engine.hooks.news import TEST, News, Turned

__all__ = ["TEST", "Hooks", "Known", "Lookout", "News", "Turned", "Write"]
