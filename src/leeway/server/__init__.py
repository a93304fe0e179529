"""What `leeway serve` offers: a JSON API, plain pages, metrics; thin over the engine."""

from leeway.server.app import create_app
from leeway.server.engine_port import EnginePort
from leeway.server.pages import Button, Panel

__all__ = ["Button", "EnginePort", "Panel", "create_app"]
