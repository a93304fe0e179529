"""How much of a budget will be spent at a window's end, with bands measured on the past of the fleet."""

from leeway.core.forecast.conformal import ORIGINS
from leeway.core.forecast.forecast import Band, Coverage, Forecast, Lack, Until, forecast
from leeway.core.forecast.history import History, shares
from leeway.core.forecast.horizon import Horizon
from leeway.core.forecast.methods import METHODS, Method
from leeway.core.forecast.outlook import Outlook, outlook
from leeway.core.forecast.trial import LEAST_DAYS

__all__ = [
    "LEAST_DAYS",
    "METHODS",
    "ORIGINS",
    "Band",
    "Coverage",
    "Forecast",
    "History",
    "Horizon",
    "Lack",
    "Method",
    "Outlook",
    "Until",
    "forecast",
    "outlook",
    "shares",
]
