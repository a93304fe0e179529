"""All kinds of channels, named as in their manifests. Listing imports none; one is loaded when it is first used.

A word means the channel of exactly this name: nothing is guessed where somebody may be woken.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from leeway.errors import NotFound

MODULES = {
    "alertmanager": "leeway.channels.alertmanager",
    "apprise": "leeway.channels.apprise",
    "discord": "leeway.channels.discord",
    "email": "leeway.channels.email",
    "github": "leeway.channels.github",
    "gitlab": "leeway.channels.gitlab",
    "inbox": "leeway.channels.inbox",
    "jira": "leeway.channels.jira",
    "opsgenie": "leeway.channels.opsgenie",
    "pagerduty": "leeway.channels.pagerduty",
    "servicenow": "leeway.channels.servicenow",
    "slack": "leeway.channels.slack",
    "teams": "leeway.channels.teams",
    "webhook": "leeway.channels.webhook",
}


def load(kind: str) -> ModuleType:
    """The module of a kind of channel: it exports `manifest`, `Settings` and `build`."""
    path = MODULES.get(kind)
    if path is None:
        raise NotFound(f"no channel is called {kind!r}", mend=f"there are {', '.join(sorted(MODULES))}")
    return import_module(path)
