"""Where the log of a server goes: standard error, in words for a terminal and as JSON for everything else."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from leeway.cli.output import colour_wanted


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Whatever is imported meanwhile does not find this package, unless it is loaded already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say that there is none
    try:
        yield
    finally:
        del sys.modules[name]


with _without("rich"):  # structlog would load it for traces that we write plain: a thirtieth of a server's start
    import structlog
    from structlog.typing import Processor


def write_logs(*, least: int = logging.INFO) -> None:
    """From here on, logs of at least this level are written; with LEEWAY_DEBUG=1 all of them."""
    if os.environ.get("LEEWAY_DEBUG", "") not in {"", "0"}:
        least = logging.DEBUG
    terminal = sys.stderr.isatty()
    shape: list[Processor] = (
        [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(
                colors=colour_wanted(sys.stderr),
                pad_event_to=0,
                exception_formatter=structlog.dev.plain_traceback,
            ),
        ]
        if terminal
        else [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, *shape],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
