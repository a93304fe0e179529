"""The probe: makes real requests during the step that it is asked for, and counts what came of them."""

from __future__ import annotations

import asyncio
import errno
import math

import numpy as np

from leeway.core.points import Floats
from leeway.errors import Forbidden, Invalid, LeewayError, Permanent
from leeway.net import Client, Outside
from leeway.ports.clock import Clock
from leeway.ports.source import Ability, Ask, ComputedBy, Manifest, Metric, Provenance, Reading, Role
from leeway.sources.http_probe.decode import Attempt, answered, digest, latency_ms, notes, unanswered
from leeway.sources.http_probe.query import Probe, understand
from leeway.sources.http_probe.settings import Settings

manifest = Manifest("http_probe", "HTTP probe", frozenset({Ability.PROBE}))

_OUR_LACK = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL})
"""Failures that say something of this machine and nothing of the site."""


def build(settings: Settings, outside: Outside, name: str = manifest.name) -> HttpProbe:
    """A probe that calls itself `name` in provenance. Each request has its own look-up and connection."""
    return HttpProbe(name, settings, settings.client(outside, fresh=True, redirects=0), outside.clock)


class HttpProbe:
    """Answers for the present: an ask is one step, and that step holds now.

    The first request is made at once, further ones each `every` seconds, also while earlier ones still wait: a slow
    site is not asked less often. The last begins before the step ends, so a reading may be over a time-out later than
    its step; whoever asks for the next step does not wait for it. What the site does wrong is a measurement; what this
    side does wrong (the egress policy forbids the address, no sockets left) is an error, and the step stays unknown.
    """

    def __init__(self, name: str, settings: Settings, client: Client, clock: Clock) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._clock = clock
        self._closed = False

    @property
    def manifest(self) -> Manifest:
        """The facts of this source."""
        return manifest

    def check(self, metrics: tuple[Metric, ...]) -> None:
        """Raises Invalid for words that no probe understands."""
        self._understood(metrics)

    async def read(self, ask: Ask) -> Reading:
        """What came of the requests of this step: good, bad and total, or the latency in milliseconds."""
        if self._closed:
            raise Permanent("this source is closed")
        probe = self._understood(ask.metrics)
        now = self._clock.now()
        if ask.span.length_s != ask.step_s or not ask.span.start <= now < ask.span.end:
            mend = "ask for the step that holds now; what was not probed stays unknown"
            raise Invalid("a probe answers for the present only", place="span", mend=mend)
        every_s = probe.every_s or ask.step_s
        count = math.ceil((ask.span.end - now) / every_s)
        outcomes = await asyncio.gather(*(self._after(n * every_s, probe) for n in range(count)))
        attempts = [outcome for outcome in outcomes if isinstance(outcome, Attempt)]
        for outcome in outcomes:
            if isinstance(outcome, LeewayError):
                raise outcome
        return Reading(
            np.array([ask.span.start]),
            {metric.role: _column(metric.role, attempts, probe) for metric in ask.metrics},
            Provenance(
                self._name,
                str(probe),
                ask.span,
                ask.step_s,
                digest(attempts),
                self._clock.now(),
                ComputedBy.LEEWAY,
                len(attempts),
                notes(attempts, probe, self._clock.now()),
            ),
        )

    async def close(self) -> None:
        """Ends all connections."""
        self._closed = True
        await self._client.close()

    def _understood(self, metrics: tuple[Metric, ...]) -> Probe:
        return understand(metrics, self._settings.url, self._settings.timeout_s)

    async def _after(self, wait_s: float, probe: Probe) -> Attempt | LeewayError:
        """One request, some time from now: what came of it, or the error if this side is at fault."""
        if wait_s > 0:
            await self._clock.sleep(wait_s)
        try:
            async with asyncio.timeout(probe.timeout_s):
                return answered(probe, await self._client.send(probe.request))
        except TimeoutError:
            return unanswered("no whole answer in time")
        except LeewayError as error:
            return error if _is_ours(error) else unanswered(error.message)


def _is_ours(error: LeewayError) -> bool:
    if isinstance(error, Forbidden | Invalid):
        return True
    cause = error.__context__
    return isinstance(cause, OSError) and cause.errno in _OUR_LACK


def _column(role: Role, attempts: list[Attempt], probe: Probe) -> Floats:
    good = sum(attempt.good for attempt in attempts)
    match role:
        case Role.GOOD:
            number = float(good)
        case Role.BAD:
            number = float(len(attempts) - good)
        case Role.TOTAL:
            number = float(len(attempts))
        case _:
            number = latency_ms(attempts[0], probe)
    return np.array([number])
