"""What a Teams channel is told."""

from __future__ import annotations

from pydantic import Field

from leeway.errors import Invalid
from leeway.net import Secret, SecretRef, SendSettings, parse_url

_CONNECTORS = (".webhook.office.com", ".outlook.office.com", ".outlook.office365.com")
_MEND = 'make a workflow from the template "Send webhook alerts to a channel" and copy its whole address'


class Settings(SendSettings):
    """The webhook of one workflow. Its address holds a signature: whoever knows it may post there."""

    webhook: SecretRef = Field(description="Where the address is, as in {env: TEAMS_WEBHOOK}")


def hidden(webhook: Secret) -> tuple[Secret, ...]:
    """What of the address may stand in no text. Invalid if it is no address of a workflow that anyone may call."""
    url = parse_url(webhook.reveal(), "webhook")
    if f".{url.host}".lower().endswith(_CONNECTORS):
        raise Invalid("is the address of a Microsoft 365 connector, which are gone", place="webhook", mend=_MEND)
    signature = url.query.get("sig", "")
    if not signature:
        raise Invalid("holds no signature (sig=…)", place="webhook", mend=_MEND)
    return (Secret(url.raw_query_string), Secret(signature))
