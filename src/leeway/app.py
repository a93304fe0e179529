"""The composition root: the only module that knows every part and puts them together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from leeway import channels, sources
from leeway.config import Config
from leeway.engine.alerts import Alarm, Duties
from leeway.engine.catalog import SourceKey
from leeway.engine.engine import Engine
from leeway.engine.planning import Texts
from leeway.engine.views import SourceText
from leeway.errors import Invalid, LeewayError
from leeway.net import Egress, Outside, Secrets, read_settings
from leeway.ports.channel import Channel
from leeway.ports.clock import Clock
from leeway.ports.source import Ability, Metric, Source
from leeway.server import listen
from leeway.spec import codes
from leeway.spec.advice import advise
from leeway.spec.documents import Document, Recipient, kind_of
from leeway.spec.finding import Finding
from leeway.spec.library import Library
from leeway.spec.nearest import did_you_mean
from leeway.store import Readings, backup, open_points, open_readings, open_state


@dataclass(frozen=True, slots=True)
class Leeway:
    """A running engine with its token for writes."""

    engine: Engine
    token: str


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
            try:
                await engine.start()
                from leeway.client import keep_token  # late: its documents are loaded with the web framework

                yield Leeway(engine, keep_token(config.data))
            finally:
                await engine.stop()
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

    Raises what `running` raises, and Transient or Denied if the port cannot be had. The port is taken first, so that a
    second server fails before it opens anything.
    """
    with listen.taken(config.port) as listener:
        # Late: only a server needs it. In a thread beside the filling of the ledgers it made both of them slower.
        from leeway.server.app import create_app
        from leeway.server.safety import Rates

        port = listen.port_of(listener)
        async with running(config, clock, frozenset({f"{listen.HOST}:{port}"})) as leeway:
            app = create_app(
                leeway.engine,
                token=leeway.token,
                hosts=frozenset(f"{name}:{port}" for name in (listen.HOST, "localhost")),
                clock=clock,
                data=config.data,
                rates=Rates(config.rate_reads, config.rate_writes, config.rate_pushes),
            )
            await listen.serve(app, listener, lambda: started(port, leeway))


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
