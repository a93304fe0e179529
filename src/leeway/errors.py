"""Every error Leeway raises on purpose. The type answers two questions: can a retry help, and whose fault is it?

::

    LeewayError
    ├── Invalid            what a person wrote cannot be used; `place` says where, `mend` says how     no retry
    ├── Conflict           somebody else changed it first, or the key was used for other content       no retry as it is
    ├── NotFound           nothing has that name                                                       no retry
    ├── Transient          the world is in the way; the same call may succeed later                    retry
    │   ├── TimedOut       no whole answer in time
    │   ├── Unreachable    no connection, or it broke
    │   ├── Throttled      the other side asks us to slow down; `retry_after_s` if it said for how long
    │   └── StoreFull      the disk takes no more; nothing was acknowledged, nothing is corrupt
    └── Permanent          a retry cannot help until somebody changes something
        ├── Denied         credentials are missing or refused
        ├── NotUnderstood  the answer is not what the protocol promises (garbage, half a body, wrong unit)
        ├── Forbidden      Leeway's own guard refused the address (egress policy)
        └── NewerFormat    the data was written by a newer Leeway
"""

from __future__ import annotations


class LeewayError(Exception):
    """What happened, where, and what to do next: three plain sentences a person can act on."""

    def __init__(self, message: str, *, place: str = "", mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.mend = mend

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} — {self.mend}" if self.mend else text


class Invalid(LeewayError):
    """What a person wrote cannot be used."""


class Conflict(LeewayError):
    """Somebody else changed it first, or an idempotency key was used for other content."""


class NotFound(LeewayError):
    """Nothing has that name."""


class Transient(LeewayError):
    """The same call may succeed later."""

    def __init__(self, message: str, *, place: str = "", mend: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, place=place, mend=mend)
        self.retry_after_s = retry_after_s


class TimedOut(Transient):
    """No whole answer in time."""


class Unreachable(Transient):
    """No connection, or it broke before the answer was whole."""


class Throttled(Transient):
    """The other side asks us to slow down."""


class StoreFull(Transient):
    """The disk takes no more; nothing was acknowledged, nothing is corrupt."""


class Permanent(LeewayError):
    """A retry cannot help until somebody changes something."""


class Denied(Permanent):
    """Credentials are missing or refused."""


class NotUnderstood(Permanent):
    """The answer is not what the protocol promises."""


class Forbidden(Permanent):
    """Leeway's own egress guard refused the address."""


class NewerFormat(Permanent):
    """The data was written by a newer Leeway."""
