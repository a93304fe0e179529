"""The plain pages."""

from leeway.server.pages.panel import Button, Panel, Panels, no_panel
from leeway.server.pages.routes import Pages, pages

__all__ = ["Button", "Pages", "Panel", "Panels", "no_panel", "pages"]
