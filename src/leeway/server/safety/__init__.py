"""What keeps a server without users safe: names, origins, the token, forms, limits, headers."""

from leeway.server.safety.guard import FORMS, Guard
from leeway.server.safety.limits import Limits, Rates
from leeway.server.safety.session import FIELD, Sessions

__all__ = ["FIELD", "FORMS", "Guard", "Limits", "Rates", "Sessions"]
