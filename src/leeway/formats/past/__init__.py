"""What people know of the past: incidents that they marked, and alerts that other tools sent."""

from leeway.formats.past.incidents import Marked, read_incidents
from leeway.formats.past.pages import Pages, Sent, read_pages

__all__ = ["Marked", "Pages", "Sent", "read_incidents", "read_pages"]
