"""Where the log of a server goes: standard error, in words for a terminal and as JSON for everything else."""

from __future__ import annotations

import logging
import os
import sys

import structlog
from structlog.typing import Processor

from leeway.cli.output import colour_wanted


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
