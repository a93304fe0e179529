"""ServiceNow: an incident for each alert, found again by its correlation_id."""

from leeway.channels.servicenow.channel import ServiceNowChannel, build, manifest
from leeway.channels.servicenow.settings import Settings

__all__ = ["ServiceNowChannel", "Settings", "build", "manifest"]
