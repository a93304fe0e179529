"""PagerDuty: incidents opened and resolved by Events API v2."""

from leeway.channels.pagerduty.channel import PagerDutyChannel, build, manifest
from leeway.channels.pagerduty.settings import Settings

__all__ = ["PagerDutyChannel", "Settings", "build", "manifest"]
