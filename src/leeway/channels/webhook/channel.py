"""Posts an event: the acting part."""

from __future__ import annotations

from dataclasses import replace

from leeway.channels.webhook.compose import event, headers, key_of, signed
from leeway.channels.webhook.settings import Settings
from leeway.net import Client, Credentials, Outside, Request, Secret, error_of_status, parse_url
from leeway.ports.channel import Delivered, Manifest, Message, Skill
from leeway.ports.clock import Clock
from leeway.ports.hooks import Reply
from leeway.ports.legible import copy_key
from leeway.ports.loop import marks

manifest = Manifest(
    name="webhook",
    title="Webhook (CloudEvents)",
    skills=frozenset({Skill.DEDUPLICATE, Skill.RESOLVE, Skill.PAGE}),
)


def build(settings: Settings, outside: Outside, title: str = manifest.title) -> WebhookChannel:
    """A channel to this address, called `title`; reads its secrets now, connects at the first message."""
    url = Secret(settings.url) if isinstance(settings.url, str) else outside.secrets.read(settings.url)
    signing = outside.secrets.read(settings.secret) if settings.secret else None
    hidden = [] if isinstance(settings.url, str) else [url, Secret(parse_url(url.reveal()).raw_path_qs)]
    hidden += [signing] if signing else []
    credentials = settings.credentials(outside.secrets) + Credentials((), tuple(hidden))
    key = None if signing is None else key_of(signing.reveal())
    client = settings.sender(outside, credentials, url.reveal())
    return WebhookChannel(replace(manifest, title=title), url, key, client, outside.clock)


class WebhookChannel:
    """Messages to one address."""

    def __init__(self, facts: Manifest, url: Secret, key: bytes | None, client: Client, clock: Clock) -> None:
        self._manifest = facts
        self._url = url
        self._key = key
        self._client = client
        self._clock = clock

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    async def send(self, message: Message) -> Delivered:
        body = event(message)
        head = headers(message, body, self._key, self._clock.now())
        await self._client.ask(Request(self._url.reveal(), "POST", body=body, headers=head))
        return Delivered(copy_key(message))

    async def post(self, event: str, body: bytes) -> Reply:
        """An event of this id, for a hook: one try, with what came back whatever it means."""
        now, url, redaction = self._clock.now(), self._url.reveal(), self._client.redaction
        head = signed(event, body, self._key, now) | marks(event)
        answer = await self._client.send(Request(url, "POST", body=body, headers=head))
        place = redaction.text(f"POST {url.partition('?')[0]}")
        error = None if 200 <= answer.status < 300 else error_of_status(answer, place, redaction, now)
        return Reply(answer.status, redaction.text(answer.body.decode(errors="replace")), error)

    async def close(self) -> None:
        await self._client.close()
