"""The composition root: the only module that knows every part and puts them together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from secrets import token_hex, token_urlsafe
from typing import TYPE_CHECKING

from leeway import channels, sources
from leeway.config import Config
from leeway.engine.alerts import Alarm, Duties
from leeway.engine.catalog import SourceKey
from leeway.engine.engine import Engine
from leeway.engine.hooks import Hooks, Lookout, News
from leeway.engine.people import ALL_RIGHTS, Doer, People, Via, Who
from leeway.engine.people.groups import parse
from leeway.engine.planning import Texts
from leeway.engine.sharing import Shares
from leeway.engine.views import SourceText
from leeway.errors import Invalid, LeewayError, NotFound
from leeway.net import Egress, Outside, Secret, SecretRef, Secrets, read_settings
from leeway.ports.channel import Channel
from leeway.ports.clock import Clock
from leeway.ports.hooks import Hook, Line
from leeway.ports.source import Ability, Metric, Source
from leeway.server import listen
from leeway.server.access.doors import doors, ensure_somebody, is_loopback
from leeway.spec import codes
from leeway.spec.advice import advise
from leeway.spec.documents import Document, Recipient, kind_of
from leeway.spec.finding import Finding
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.store import Readings, SqlState, backup, open_points, open_readings, open_state

if TYPE_CHECKING:
    from leeway.server.access.provider import Provider


@dataclass(frozen=True, slots=True)
class Leeway:
    """A running engine, the people who may use it, who subscribed to events, what is shared, and the token of the
    machine's own admin.

    When it is served: at which `address`, and `invited` is the path of the link for the first sign-in, "" without one.
    """

    engine: Engine
    people: People
    hooks: Hooks
    shares: Shares
    token: str
    address: str = ""
    invited: str = ""


@asynccontextmanager
async def running(config: Config, clock: Clock, own: frozenset[str] = frozenset()) -> AsyncIterator[Leeway]:
    """Opens the data folder, runs the engine, and closes everything in order. Raises what the stores raise.

    `own` are the addresses at which its server answers: no alert is sent there.
    """
    outside = outside_of(config, clock, own)
    points = open_points(config.data, memory=config.store_memory)
    try:
        state = open_state(config.data)
        try:
            engine = Engine(
                points,
                state,
                clock,
                texts(open_readings(config.data, _read)),
                open_source=lambda key: open_source(key, outside),
                check_source=lambda key, metrics: check_source(key, metrics, outside),
                pulls=pulls,
                back_up=lambda to: backup(points, state, to),
                alarm=Alarm(
                    state,
                    clock,
                    lambda recipient: open_channel(recipient, outside),
                    Duties(config.owner, config.heartbeat),
                ),
                retain_days=config.retain_days,
            )
            people = People(state.people, clock)
            hooks = hooks_of(engine, state, clock, outside)
            shares = Shares(state.shares, clock, lambda: engine.library, lambda: token_urlsafe(24))
            try:
                await people.start()
                await engine.start()
                await hooks.start()
                from leeway.client import keep_token  # late: its documents are loaded with the web framework

                yield Leeway(engine, people, hooks, shares, keep_token(config.data))
            finally:
                await hooks.close()
                await engine.stop()
                await people.stop()
        finally:
            state.close()
    finally:
        points.close()


def outside_of(config: Config, clock: Clock, own: frozenset[str] = frozenset()) -> Outside:
    """What sources and channels may touch, by the settings."""
    secrets = Secrets(config.secret_env, config.secret_files)
    return Outside(clock, Egress(config.allow_hosts), secrets, config.file_roots, own)


async def served(config: Config, clock: Clock, started: Callable[[int, Leeway], None]) -> None:
    """Runs the server until this task is cancelled; calls `started` with its port when it answers.

    Raises what `running` raises, Transient or Denied if the port cannot be had, Denied if others could reach it and
    nobody has an account, Invalid for settings that do not go together. The port is taken first, so that a second
    server fails before it opens anything.
    """
    elsewhere, line = not is_loopback(config.listen), listen.Line(config.tls_cert, config.tls_key, config.proxies)
    line.ensure_usable()
    with listen.taken(config.port, config.listen) as listener:
        # Late: only a server needs it. In a thread beside the filling of the ledgers it made both of them slower.
        from leeway.server.app import create_app
        from leeway.server.safety import Rates

        port = listen.port_of(listener)
        door = doors(config.listen, port, config.url, config.hosts, tls=config.tls_cert is not None)
        provider = _provider(config, clock, door.address)
        own = frozenset({f"{listen.HOST}:{port}", f"{config.listen}:{port}"})
        async with running(config, clock, own) as opened:
            invited = await _invited(opened.people, may_begin=config.users) if config.users or elsewhere else ""
            ensure_somebody(config.listen, none=opened.people.accounts.none)
            leeway = replace(opened, address=door.address, invited=invited)
            app = create_app(
                leeway.engine,
                token=leeway.token,
                hosts=door.hosts,
                origins=door.origins,
                clock=clock,
                people=leeway.people,
                provider=provider,
                hooks=leeway.hooks,
                shares=leeway.shares,
                data=config.data,
                rates=Rates(config.rate_reads, config.rate_writes, config.rate_pushes),
            )
            await listen.serve(app, listener, lambda: started(port, leeway), line)


async def _invited(people: People, *, may_begin: bool) -> str:
    """The path of a link for the first sign-in, "" if somebody can sign in who may do everything."""
    if people.accounts.none and not may_begin:
        return ""
    first = await people.accounts.first(Doer(Who("leeway serve", ALL_RIGHTS, Via.MACHINE), ""))
    return f"/welcome/{first[1]}" if first else ""


def _provider(config: Config, clock: Clock, address: str) -> Provider | None:
    """Who signs people in, by the settings. Raises Invalid for those that do not go together."""
    if not config.oidc_issuer:
        return None
    if not config.oidc_client:
        raise Invalid("is missing", place="oidc_client", mend="the provider knows Leeway under a name: the client id")
    from leeway.server.access.provider import Provider, Registration  # late: most have none

    file = config.oidc_secret_file
    secret = Secrets(files=(file,)).read(SecretRef(file=file)) if file else Secret("")
    rules = parse(config.oidc_roles)
    registration = Registration(
        config.oidc_issuer,
        config.oidc_client,
        secret,
        address,
        config.oidc_scopes,
        config.oidc_groups,
        rules,
        config.allow_hosts,
    )
    return Provider(registration, clock)


def texts(readings: Readings | None = None) -> Texts:
    """Definitions are OpenSLO; what was read of them is remembered by `readings`."""
    known = readings or Readings(_read)
    return Texts(
        read=known.read,
        write=lambda document: _write(document, known),
        judge=_judge,
        serious=frozenset(codes.SERIOUS),
        keep=known.keep,
    )


def pulls(word: str) -> bool:
    """True if a type of source can be asked; points of any other type are pushed."""
    kind = sources.kind_named(word)
    return kind is not None and bool(sources.load(kind).manifest.abilities & {Ability.PULL, Ability.PROBE})


def open_channel(recipient: Recipient, outside: Outside) -> Channel:
    """Builds the channel that a recipient names. Raises Invalid with what is at fault in the definition, Forbidden."""
    name, kind = recipient.metadata.name, recipient.channel
    if kind not in channels.MODULES:
        mend = did_you_mean(kind, channels.MODULES) or f"there are {', '.join(sorted(channels.MODULES))}"
        raise Invalid(f"no channel is called {kind!r}", place=f"Recipient {name}: spec.channel", mend=mend)
    module = channels.load(kind)
    settings = read_settings(module.Settings, dict(recipient.settings), f"Recipient {name}: spec.settings")
    try:
        channel: Channel = module.build(settings, outside, name)
    except LeewayError as error:
        error.place = f"Recipient {name}: {error.place or 'spec.settings'}"
        raise
    return channel


def hooks_of(engine: Engine, state: SqlState, clock: Clock, outside: Outside) -> Hooks:
    """Whoever subscribed is told by the channel `webhook`."""

    async def open_line(hook: Hook) -> Line:
        return await asyncio.to_thread(open_hook, hook, engine.library, outside)

    look = Lookout(engine, state, clock).look
    return Hooks(state.hooks, clock, look, lambda: engine.library, open_line, write_event, lambda: token_hex(16))


def open_hook(hook: Hook, library: Library, outside: Outside) -> Line:
    """The way to the receiver of a hook. Raises NotFound without its Recipient, Invalid with what is at fault there,
    Forbidden."""
    webhook = channels.load("webhook")
    settings: Mapping[str, object] = {"url": hook.url, "secret": dict(hook.secret)}
    place = "url, secret"
    if hook.recipient:
        place = f"Recipient {hook.recipient}: spec.settings"
        settings = _webhook_settings(hook.recipient, library)
    line: Line = webhook.build(read_settings(webhook.Settings, settings, place), outside)
    return line


def _webhook_settings(name: str, library: Library) -> Mapping[str, object]:
    recipient = library.recipient(name)
    if recipient is None:
        raise NotFound(f"no Recipient is called {name!r}", place="recipient", mend="`leeway get recipient` lists them")
    if recipient.channel != "webhook" or "secret" not in recipient.settings:
        mend = "events go to a Recipient whose channel is webhook, with a secret in its settings"
        raise Invalid(f"{name} gets no signed webhooks", place="recipient", mend=mend)
    return recipient.settings


def write_event(name: str, news: News) -> bytes:
    """An event of this id as it is sent."""
    from leeway.channels.webhook import envelope  # late, both: most have no hooks
    from leeway.server.api import told

    return envelope(name, news.type, news.subject, news.at, told(news).model_dump(mode="json"))


def open_source(key: SourceKey, outside: Outside) -> Source:
    """Builds the source that a definition names. Raises Invalid with the settings at fault."""
    kind, details = sources.kind_named(key.type), key.details
    place = f"DataSource {key.title}: spec.connectionDetails"
    if kind is None:
        raise Invalid(f"no source is called {key.type!r}", place=place, mend=f"there are {', '.join(sources.MODULES)}")
    if not isinstance(details, dict | None):
        raise Invalid("this is no mapping of settings", place=place, mend="write one setting a line: `url: …`")
    module = sources.load(kind)
    source: Source = module.build(read_settings(module.Settings, details or {}, place), outside, key.title)
    return source


def check_source(key: SourceKey, metrics: tuple[Metric, ...], outside: Outside) -> None:
    """Raises what `open_source` and the source's own check raise; a type that cannot be asked is pushed, and fine."""
    if pulls(key.type):
        open_source(key, outside).check(metrics)


def _read(text: str, name: str) -> tuple[Document, ...]:
    from leeway.formats import openslo  # late, here and below: a start finds what was read of its definitions kept

    return openslo.read(text.encode(), name, mode=openslo.Mode.LENIENT, marks=False).documents


def _write(document: Document, known: Readings) -> str:
    """The text to be stored. It is read once, to see that it says what it should, and never again."""
    from leeway.formats import openslo

    text, name = openslo.compose([document]), f"{kind_of(document)} {document.metadata.name}"
    if not known.knows(text, name):
        known.learn(text, name, openslo.read_back(text, name))
    return text


def _judge(files: tuple[SourceText, ...], stored: Library) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Documents of the files with what is wrong or unwise; references may lead to documents that stand already."""
    from leeway.formats import openslo

    sheets = [openslo.read(one.text.encode(), one.file, mode=openslo.Mode.LENIENT) for one in files]
    documents = tuple(document for sheet in sheets for document in sheet.documents)
    library = Library.of([*documents, *stored.documents], (name for sheet in sheets for name in sheet.names))
    ours = {one.file for one in files}
    advice = [one for one in advise(library) if one.file in ours]
    return documents, tuple(dict.fromkeys([*(one for sheet in sheets for one in sheet.findings), *advice]))
