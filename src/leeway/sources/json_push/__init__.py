"""JSON push: points sent as objects, lines or columns, in JSON or MessagePack."""

from leeway.sources.json_push.decode import decode
from leeway.sources.json_push.inflate import inflate
from leeway.sources.json_push.settings import Settings
from leeway.sources.json_push.source import Receiver, build, manifest

__all__ = ["Receiver", "Settings", "build", "decode", "inflate", "manifest"]
