"""Bytes become characters: UTF-8, or what a byte order mark says; every byte that fits neither is named."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from leeway.spec.finding import Mark, Severity
from leeway.spec.text.limits import Limits
from leeway.spec.text.lines import Lines
from leeway.spec.text.report import Report


class Decoded(NamedTuple):
    """The characters, without a byte order mark; `marked` if there was one.

    `broken` if some bytes were no characters: U+FFFD stands for each of them.
    """

    text: str
    lines: Lines
    encoding: str
    marked: bool
    broken: bool


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STRAY = re.compile("[\udc80-\udcff]")
_LOOK_AT = 400


def decode(data: bytes, limits: Limits, report: Report) -> Decoded | None:
    """The text, or None if it is too large or no text at all; everything that is wrong goes to the report."""
    if len(data) > limits.size:
        report.add(
            Mark(1, 1),
            "file-too-large",
            f"the file has {len(data):,} bytes; at most {limits.size:,} are read",
            "split it into several files, or raise the limit",
        )
        return None
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    body = data[len(mark) :]
    if not mark and _looks_wide(body):
        report.add(Mark(1, 1), "encoding", "this looks like UTF-16 without a byte order mark", "save it as UTF-8")
        return None
    if encoding != "utf-8":
        return _wide(body, encoding, report)
    return _utf8(body, bool(mark), report)


def _wide(body: bytes, encoding: str, report: Report) -> Decoded:
    """UTF-16 or 32: only the first fault is named, for behind it nothing is where it seems."""
    message = f"this file is {encoding.upper()}; not every tool reads that"
    report.add(Mark(1, 1), "encoding", message, "leeway fmt writes it as UTF-8", severity=Severity.WARNING)
    text = body.decode(encoding, "replace")
    lines = Lines(text)
    try:
        body.decode(encoding)
    except UnicodeDecodeError as error:
        place = lines.mark(len(body[: error.start].decode(encoding, "replace")))
        report.add(place, "encoding", f"from here on this is no {encoding.upper()}", "save the file as UTF-8")
        return Decoded(text, lines, encoding, True, True)
    return Decoded(text, lines, encoding, True, False)


def _utf8(body: bytes, marked: bool, report: Report) -> Decoded:
    text = body.decode("utf-8", "surrogateescape")
    lines = Lines(text)
    broken = False
    for found in _STRAY.finditer(text):
        broken = True
        if report.is_full():
            break
        byte = ord(found.group()) - 0xDC00
        meant = bytes([byte]).decode("cp1252", "replace")
        guess = "" if meant == "\ufffd" else f"; in Windows-1252 it is {meant}"
        message = f"the byte 0x{byte:02X} is no UTF-8{guess}"
        report.add(lines.mark(found.start()), "encoding", message, "save the file as UTF-8")
    if broken:
        text = _STRAY.sub("\ufffd", text)
        lines = Lines(text)
    return Decoded(text, lines, "utf-8", marked, broken)


def _looks_wide(data: bytes) -> bool:
    """UTF-16 or 32 without a mark: ASCII text in it has a zero in every second or fourth byte."""
    head = data[:_LOOK_AT]
    return len(head) >= 4 and head.count(0) * 3 >= len(head)
