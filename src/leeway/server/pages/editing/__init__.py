"""SLOs that are changed, deleted, or written as a whole: the same as PUT and DELETE, looked at before."""

from leeway.server.pages.editing.routes import add

__all__ = ["add"]
