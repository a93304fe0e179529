"""Documents of shares: links by which anybody sees one SLO."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from leeway.client.document import Document, Wish


class ShareWish(Wish):
    """For how many days, and who shares it."""

    days: float = Field(30.0, gt=0, le=366)
    by: str = Field(min_length=1, max_length=200, description="Who shares it; kept for the record")


class Share(Document):
    """A link that is good until it expires or is ended."""

    number: int
    slo: str
    by: str
    made_at: datetime
    expires_at: datetime


class Shared(Document):
    """A new link. `link` is its address on this server and is told once, as is that of the `badge`."""

    share: Share
    link: str
    badge: str
