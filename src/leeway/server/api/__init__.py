"""The JSON API and the metrics."""

from leeway.server.api.events import Feed, Reader
from leeway.server.api.hooks import hooks
from leeway.server.api.probes import probes
from leeway.server.api.push import push
from leeway.server.api.routes import control
from leeway.server.api.shares import shares
from leeway.server.api.told import told

__all__ = ["Feed", "Reader", "control", "hooks", "probes", "push", "shares", "told"]
