"""The pages, made by the server."""

from leeway.server.pages.frame import Pages
from leeway.server.pages.panel import Button, Panel, Panels, no_panel
from leeway.server.pages.routes import pages

__all__ = ["Button", "Pages", "Panel", "Panels", "no_panel", "pages"]
