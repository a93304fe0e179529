"""Whom Leeway tells: one folder for each channel, all of one shape (see ports.channel); none imports another."""

from leeway.channels.kinds import MODULES, load

__all__ = ["MODULES", "load"]
