"""A new SLO, step by step, from one's own data: each step a form that needs no script."""

from leeway.server.pages.wizard.routes import add

__all__ = ["add"]
