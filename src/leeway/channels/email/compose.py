"""From a message to the bytes of a mail: plain text, the same as minimal HTML, and headers that thread and stop loops.

Names of the mail are digests of the message's key, so every copy is the same to the byte but for its date.
"""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from html import escape

from leeway.core.alerting.policy import Severity
from leeway.ports.channel import Event, Message
from leeway.ports.legible import copy_key, digest, legible
from leeway.ports.loop import marks

_SUBJECT = 200


def mail(message: Message, sender: str, to: list[str], now: float) -> bytes:
    """The mail, with CRLF at the end of each line."""
    clean = legible(message, title=_SUBJECT)
    built = EmailMessage(policy=SMTP)
    built["Subject"] = clean.title
    built["From"] = f"Leeway <{sender}>"
    built["To"] = ", ".join(to)
    built["Date"] = formatdate(now)
    built["Message-ID"] = message_id(message, sender)
    if message.event is Event.RESOLVED:
        built["In-Reply-To"] = built["References"] = message_id(replace(message, event=Event.FIRED), sender)
    built["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice answers this
    built["X-Auto-Response-Suppress"] = "All"
    for name, value in marks(message.key).items():
        built[name] = value
    if message.severity is Severity.PAGE and message.event is Event.FIRED:
        built["Importance"] = "high"
    built.set_content(_text(clean), cte="quoted-printable")
    built.add_alternative(_html(clean), subtype="html", cte="quoted-printable")
    built.set_boundary(f"=_leeway_{digest(message.key)[:32]}")  # "=_" cannot stand in quoted-printable text
    return built.as_bytes()


def message_id(message: Message, sender: str) -> str:
    """The same for every copy of a message, so that servers that look for copies find them."""
    return f"<leeway.{digest(copy_key(message))[:40]}@{sender.rpartition('@')[2]}>"


def _text(message: Message) -> str:
    parts = ["\n".join(message.lines), "\n".join(f"{name}: {value}" for name, value in message.facts.items())]
    return "\n\n".join(part for part in (*parts, message.link) if part) + "\n"


def _html(message: Message) -> str:
    rows = [f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in message.facts.items()]
    parts = [f"<p><strong>{escape(message.title)}</strong></p>", *(f"<p>{escape(line)}</p>" for line in message.lines)]
    if rows:
        parts.append("<table>\n" + "\n".join(rows) + "\n</table>")
    if message.link:
        parts.append(f'<p><a href="{escape(message.link)}">{escape(message.link)}</a></p>')
    return "<!DOCTYPE html>\n<html><body>\n" + "\n".join(parts) + "\n</body></html>\n"
