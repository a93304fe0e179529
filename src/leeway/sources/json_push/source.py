"""The receiver of pushed JSON: unpacks and decodes; it has no connection of its own, the server hands it bodies."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.net import Outside
from leeway.ports.push import PushBatch
from leeway.ports.source import Ability, Manifest
from leeway.sources.json_push.decode import decode
from leeway.sources.json_push.inflate import inflate
from leeway.sources.json_push.settings import Settings

manifest = Manifest("json_push", "JSON push", frozenset({Ability.RECEIVE}))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Decodes bodies within its settings."""

    name: str
    settings: Settings

    @property
    def manifest(self) -> Manifest:
        """The facts of this receiver."""
        return manifest

    def decode(self, body: bytes, content_type: str, content_encoding: str = "") -> PushBatch:
        """The batch of a request's raw body; raises Invalid if it cannot be read at all."""
        return decode(inflate(body, content_encoding, self.settings), content_type, self.settings)


def build(settings: Settings, _: Outside, name: str = manifest.name) -> Receiver:
    """A receiver; it touches nothing outside, but is built like every source."""
    return Receiver(name, settings)
