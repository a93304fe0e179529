"""Two real Alertmanagers as one cluster: an alert reaches people once, and reaches them when one peer is killed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web

from leeway.channels.alertmanager import Settings, build
from leeway.errors import Transient
from leeway.net import Egress, Outside, read_settings
from leeway.ports.channel import Event
from leeway.ports.kit.channel_suite import PLAIN
from leeway.ports.kit.fault_server import FaultServer
from leeway.ports.kit.hostile import FIELDS, HOSTILE, with_text

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]

PEER_TIMEOUT_S = 1


class SystemClock:
    """Real time: Alertmanager compares ends with its own clock."""

    def now(self):
        return time.time()  # noqa: TID251  the test stands at the edge

    def monotonic(self):
        return time.monotonic()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)


@dataclass
class Told:
    """What Alertmanager's own webhook was told: the way on to people."""

    alerts: list = field(default_factory=list)

    async def answer(self, request):
        self.alerts += (await request.json())["alerts"]
        return web.Response()

    def titles(self, status):
        return [one["annotations"]["summary"] for one in self.alerts if one["status"] == status]


def message(title, event=Event.FIRED):
    return replace(PLAIN, key=title.partition(" ")[0], title=title, event=event, at=SystemClock().now())


def test_two_peers_tell_people_once_and_one_is_enough(tmp_path):
    """Fired and resolved by both peers; after kill -9 of the first the second takes and tells the next alert."""

    async def story():
        told = Told()
        async with FaultServer(told.answer) as people:
            with ExitStack() as stack:
                first, second = (stack.enter_context(peer) for peer in cluster(tmp_path, people.url))
                await until(lambda: len(get(second.url, "status")["cluster"]["peers"]) == 2, "the cluster")
                async with channel_to(first, second) as channel:
                    both = await channel.send(message("one"))
                    await until(lambda: told.titles("firing") == ["one"], "the first alert")
                    await channel.send(message("one"))
                    await asyncio.sleep(3 * PEER_TIMEOUT_S)  # both peers know that one of them has told it
                    await channel.send(message("one is over", Event.RESOLVED))
                    await until(lambda: told.titles("resolved") == ["one is over"], "the resolution")
                    await asyncio.sleep(3 * PEER_TIMEOUT_S)  # as above: else the second, left alone, tells it again
                    first.process.kill()
                    first.process.wait(20)
                    alone = await channel.send(message("two"))
                    await until(lambda: "two" in told.titles("firing"), "the second alert")
                    second.process.kill()
                    second.process.wait(20)
                    with pytest.raises(Transient) as nobody:
                        await channel.send(message("three"))
                return told, both, alone, nobody.value, first.url

    told, both, alone, nobody, url = asyncio.run(story())
    assert both.notes == ()
    assert told.titles("firing") == ["one", "two"]
    assert told.titles("resolved") == ["one is over"]
    assert len(alone.notes) == 1
    assert alone.notes[0].startswith(f"POST {url}/api/v2/alerts: nothing listens there")
    assert str(nobody).count("nothing listens there") == 2


def test_a_real_alertmanager_takes_whatever_people_wrote(tmp_path):
    """Every odd text in every field is one alert more, under labels of the same names."""

    async def story():
        async with FaultServer(Told().answer) as people:
            with next(cluster(tmp_path, people.url)) as peer:
                async with channel_to(peer) as channel:
                    now = SystemClock().now()
                    for field_name in FIELDS:
                        for kind, text in HOSTILE.items():
                            odd = replace(with_text(field_name, text), key=f"{field_name} {kind}", at=now)
                            await channel.send(odd)
                return get(peer.url, "alerts")

    found = asyncio.run(story())
    assert len(found) == len(FIELDS) * len(HOSTILE)
    names = {"alertname", "leeway_key", "objective", "policy", "service", "severity", "slo"}
    assert all(alert["labels"].keys() <= names for alert in found)
    assert {alert["status"]["state"] for alert in found} <= {"active", "unprocessed"}


class channel_to:  # noqa: N801  reads as a verb where it is used
    """The channel to these peers, closed at the end."""

    def __init__(self, *peers):
        settings = read_settings(Settings, {"peers": [peer.url for peer in peers]})
        self._channel = build(settings, Outside(SystemClock(), Egress(frozenset({"127.0.0.1"}))))

    async def __aenter__(self):
        return self._channel

    async def __aexit__(self, *_):
        await self._channel.close()


@dataclass
class Peer:
    url: str
    process: subprocess.Popen


def cluster(folder, people):
    """Two peers, to be entered one after the other, that know each other and tell `people` at once."""
    command = _command()
    config = folder / "alertmanager.yml"
    route = {"receiver": "people", "group_by": ["leeway_key"], "group_wait": "0s", "group_interval": "1s"}
    receiver = {"name": "people", "webhook_configs": [{"url": people, "send_resolved": True}]}
    config.write_text(json.dumps({"route": route, "receivers": [receiver]}))
    gossip = [_free() for _ in range(2)]
    for number, own in enumerate(gossip):
        yield _peer(command, config, folder / str(number), own, gossip[0])


@contextmanager
def _peer(command, config, folder, own, other):
    port = _free()
    folder.mkdir()
    arguments = [
        f"--config.file={config}",
        f"--storage.path={folder}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--cluster.listen-address=127.0.0.1:{own}",
        f"--cluster.peer=127.0.0.1:{other}",
        "--cluster.gossip-interval=50ms",
        "--cluster.settle-timeout=5s",
        f"--cluster.peer-timeout={PEER_TIMEOUT_S}s",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *arguments], stdout=log, stderr=subprocess.STDOUT)
        peer = Peer(f"http://127.0.0.1:{port}", process)
        try:
            _ready(peer, folder / "log")
            yield peer
        finally:
            process.kill()
            process.wait(20)


NAME = "prometheus-alertmanager"
UNPACKED = Path(__file__).parents[4] / ".tools/debian/usr"
SEES = 'mount --bind "$0" /usr/share && exec "$@"'


def _command():
    """Debian's build looks for its templates below /usr/share. Where it was only unpacked, it is started with a view of
    its own in which they are there; no right is needed for that where the kernel lets users have one."""
    installed = shutil.which(NAME) or shutil.which("alertmanager")
    if installed:
        return [installed]
    unpacked = UNPACKED / "bin" / NAME
    if not os.access(unpacked, os.X_OK):
        pytest.skip(f"no program `{NAME}` on PATH or in .tools/debian/usr/bin; `apt-get install {NAME}` brings it")
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SEES, str(UNPACKED / "share")]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip(f"this kernel gives no view of its own to an unpacked `{NAME}`; `apt-get install {NAME}` mends it")
    return [*command, str(unpacked)]


def _free():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def _ready(peer, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert peer.process.poll() is None, f"Alertmanager ended: {log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{peer.url}/-/ready", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"Alertmanager was not ready in time: {log.read_text()[-2000:]}")


def get(url, what):
    with urllib.request.urlopen(f"{url}/api/v2/{what}", timeout=10) as answer:
        return json.load(answer)


async def until(true, what):
    deadline = time.monotonic() + 60
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline, f"waited too long for {what}"
        await asyncio.sleep(0.05)
