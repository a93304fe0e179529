"""The pages, made by the server; `routes` has them all."""

from leeway.server.pages.frame import Pages
from leeway.server.pages.panel import Button, Panel, Panels, no_panel

__all__ = ["Button", "Pages", "Panel", "Panels", "no_panel"]
