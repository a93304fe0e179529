"""Alertmanager: alerts for every peer of a cluster, over API v2."""

from leeway.channels.alertmanager.channel import AlertmanagerChannel, build, manifest
from leeway.channels.alertmanager.settings import Settings

__all__ = ["AlertmanagerChannel", "Settings", "build", "manifest"]
