"""What the Apprise API is sent, what its answers are worth, and that no page ever goes there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import pytest
from aiohttp import web

from leeway.channels import MODULES, load
from leeway.channels.apprise import Settings, build
from leeway.channels.apprise.compose import notification
from leeway.core.alerting.policy import Severity
from leeway.errors import Invalid, NotUnderstood, Permanent, Transient
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Event, Skill
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.clock import VirtualClock
from leeway.ports.kit.fault_server import FaultServer
from leeway.spec.advice.alerts import NEVER_PAGED

TICKET = replace(PLAIN, severity=Severity.TICKET)


def after(message, *answers, key="shop"):
    """What the channel says to this message, and which paths it asked for, when the server answers so in turn."""
    asked = []

    async def answer(request):
        asked.append(request.path)
        return answers[len(asked) - 1]

    async def story():
        async with FaultServer(answer) as server:
            environ = {"KEY": "s3cret-key"}
            secrets = Secrets(frozenset(environ), environ=environ)
            tree = {"url": f"{server.url}/", "key": key, "tags": ["all"], "timeout_s": 2}
            outside = Outside(VirtualClock(), Egress(frozenset({"127.0.0.1"})), secrets)
            channel = build(read_settings(Settings, tree), outside)
            try:
                return await channel.send(message)
            finally:
                await channel.close()

    return asyncio.run(story()), asked


def test_a_page_is_refused_before_anything_is_asked():
    """With the names of channels that can; what is no page, or is over, is told."""
    with pytest.raises(Permanent) as refused:
        after(PLAIN)
    pagers = {kind for kind in MODULES if Skill.PAGE in load(kind).manifest.skills} - {"inbox"}
    assert all(kind in refused.value.mend for kind in pagers)
    fine = [web.json_response({"error": None}) for _ in range(3)]
    for message in (TICKET, replace(PLAIN, event=Event.RESOLVED), replace(PLAIN, event=Event.TEST)):
        assert after(message, fine.pop())[1] == ["/notify/shop"]


def test_lint_knows_which_channels_take_no_pages():
    """By the same word as their manifests."""
    assert {kind for kind in MODULES if not load(kind).manifest.pages} == NEVER_PAGED


@pytest.mark.parametrize(
    ("event", "kind"),
    [(Event.FIRED, "warning"), (Event.RESOLVED, "success"), (Event.TEST, "info"), (Event.HEARTBEAT, "info")],
)
def test_the_type_says_how_it_stands(event, kind):
    """Services show it as a colour or a sign."""
    told = msgspec.json.decode(notification(replace(TICKET, event=event), ["shop", "desk"]))
    assert (told["type"], told["format"], told["tag"]) == (kind, "text", ["shop", "desk"])
    assert told["body"].endswith(PLAIN.link)


def test_a_message_without_text_has_its_title_as_text():
    """Apprise refuses an empty one."""
    told = msgspec.json.decode(notification(replace(TICKET, lines=(), facts={}, link=""), ["shop"]))
    assert told["body"] == told["title"] == PLAIN.title


def test_a_configuration_that_is_not_there_is_no_success_though_the_status_is_friendly():
    """204 is what Apprise says of a key that nobody made."""
    with pytest.raises(NotUnderstood, match="nothing under this key"):
        after(TICKET, web.Response(status=204))


def test_a_service_that_did_not_take_it_is_worth_another_try():
    """With the server's words. Those that took it are told again: Apprise does not say which."""
    said = {"error": "One or more notification could not be sent", "details": []}
    with pytest.raises(Transient, match="One or more notification") as failed:
        after(TICKET, web.json_response(said, status=424))
    assert not isinstance(failed.value, Permanent)


def test_a_secret_key_stands_in_no_error():
    """Whoever knows it may use the configuration."""
    with pytest.raises(Permanent) as failed:
        after(TICKET, web.Response(status=404, text="/notify/s3cret-key"), key={"env": "KEY"})
    assert "s3cret" not in f"{failed.value} {failed.value.place}"


@pytest.mark.parametrize("key", ["", "a/b", "..", "a?b", "ключ", "k" * 129])
def test_a_key_that_would_lead_elsewhere_is_refused(key):
    """It stands in a path."""
    with pytest.raises(Invalid):
        after(TICKET, key=key)


@pytest.mark.parametrize("tags", [[], ["a b"], ["a,b"], [""]])
def test_tags_are_named_one_by_one(tags):
    """Without any Apprise tells the services that have none; a comma or a space would be an expression of its own."""
    with pytest.raises(Invalid):
        read_settings(Settings, {"url": "https://apprise.example.org", "key": "shop", "tags": tags})
