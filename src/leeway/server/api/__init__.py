"""The JSON API and the metrics."""

from leeway.server.api.events import Feed
from leeway.server.api.probes import probes
from leeway.server.api.push import push
from leeway.server.api.routes import control

__all__ = ["Feed", "control", "probes", "push"]
