"""The span of time that a budget covers: a rolling length, or a calendar period in a time zone."""

from leeway.core.window.calendar import Calendar, EndOfMonth, Period
from leeway.core.window.rolling import Rolling
from leeway.core.window.span import Span

Window = Rolling | Calendar

__all__ = ["Calendar", "EndOfMonth", "Period", "Rolling", "Span", "Window"]
