"""Advice: what nobody refuses and somebody will regret."""

from leeway.spec.advice.advise import advise

__all__ = ["advise"]
